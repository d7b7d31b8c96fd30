#include "sandbox/servers.hpp"

#include <fmt/format.h>

namespace dibs::sandbox {

servers servers::start(const options& wanted) {
    servers made;
    made.supervisor_ = std::make_unique<sandbox::supervisor>(wanted.place);
    auto& box = *made.supervisor_;
    postgres_options database;
    database.at = wanted.at;
    made.postgres_ = std::make_unique<postgres_cluster>(box, database);
    made.postgres_->launch_initdb();
    for (int number = 0; number <= wanted.redis_masters; ++number) {
        redis_options one;
        one.at = wanted.at;
        if (number > 0) one.name = fmt::format("redlock-{}", number);
        made.redis_.push_back(std::make_unique<redis_server>(box, one));
        made.redis_.back()->launch();
    }
    made.postgres_->await_initdb();
    made.postgres_->launch();
    for (const auto& redis : made.redis_) redis->await_ready();
    made.postgres_->await_ready();
    return made;
}

servers::~servers() { stop(); }

// All at once by the supervisor; the servers' objects find theirs ended.
void servers::stop() noexcept {
    if (supervisor_) supervisor_->stop();
}

std::vector<std::string> servers::redlock_urls() const {
    std::vector<std::string> urls;
    for (auto master = redis_.begin() + 1; master != redis_.end(); ++master) urls.push_back((*master)->url());
    return urls;
}

std::optional<ended_server> servers::first_ended() {
    for (const auto& redis : redis_) {
        if (const auto status = redis->ended()) return ended_server{redis->name(), *status, redis->log()};
    }
    if (const auto status = postgres_->ended()) return ended_server{"postgres", *status, postgres_->log()};
    return std::nullopt;
}

std::vector<int> servers::ended_descriptors() const {
    std::vector<int> descriptors{postgres_->ended_descriptor()};
    for (const auto& redis : redis_) descriptors.push_back(redis->ended_descriptor());
    return descriptors;
}

}  // namespace dibs::sandbox
