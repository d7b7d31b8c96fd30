#include "locks/server_set.hpp"

#include "core/task_group.hpp"
#include "locks/ballot.hpp"
#include "locks/timing.hpp"
#include "redis/connection.hpp"

#include <dibs/error.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace dibs::locks {
namespace {

constexpr postgres::statement nothing{"dibs_ping", "SELECT 1"};

/// Drawn by a Redis server when it starts.
std::string run_id_in(const std::string& info) {
    constexpr std::string_view field = "run_id:";
    const auto at = info.find(field);
    if (at == std::string::npos) return {};
    const auto begin = at + field.size();
    return info.substr(begin, info.find_first_of("\r\n", begin) - begin);
}

struct introduction {
    std::string run_id;  // empty where the user may not ask
    std::exception_ptr failure;
};

task<void> introduce(redis::connection& server, introduction& to, deadline until) {
    try {
        co_await ping(server, until);
    } catch (...) {
        to.failure = std::current_exception();
        co_return;
    }
    try {
        auto ask = redis::command("INFO").arg("server");
        const auto answer = co_await server.execute(std::move(ask), until);
        to.run_id = run_id_in(answer.text());
    } catch (const redis::refusal&) {
    }
}

void require_majority(const std::vector<introduction>& all) {
    std::size_t away = 0;
    std::exception_ptr failure;
    for (const auto& one : all) {
        if (!one.failure) continue;
        ++away;
        failure = one.failure;
    }
    if (all.size() - away < ballot::quorum(all.size())) std::rethrow_exception(failure);
}

}  // namespace

server_set::server_set(asio::any_io_executor executor, const server_addresses& where)
    : executor_(std::move(executor)) {
    if (where.redis) {
        redis_ = std::make_shared<redis::connection>(executor_, *where.redis);
        subscriber_ = std::make_shared<redis::subscriber>(executor_, *where.redis);
    }
    for (const auto& master : where.masters)
        masters_.push_back(std::make_shared<redis::connection>(executor_, master));
    if (where.postgres) pool_ = std::make_unique<postgres::pool>(executor_, *where.postgres, where.sessions);
}

backends server_set::for_lockers() const {
    backends all;
    all.executor = executor_;
    all.redis = redis_;
    all.subscriber = subscriber_;
    all.masters = masters_;
    all.pool = pool_.get();
    return all;
}

task<void> server_set::reach_redis(deadline until) { co_await ping(*redis_, until); }

task<void> server_set::reach_postgres(deadline until) {
    postgres::params none;
    co_await pool_->execute(nothing, std::move(none), until);
}

task<void> server_set::examine(deadline until) {
    if (redis_) co_await reach_redis(until);
    if (pool_) co_await reach_postgres(until);
    if (masters_.empty()) co_return;
    std::vector<introduction> met(masters_.size());
    task_group all(executor_);
    for (std::size_t i = 0; i < masters_.size(); ++i) all.spawn(introduce(*masters_[i], met[i], until));
    co_await all.join();
    require_majority(met);
    std::map<std::string, std::string> seen;
    for (std::size_t i = 0; i < masters_.size(); ++i) {
        if (met[i].run_id.empty()) continue;
        const auto address = masters_[i]->target().describe();
        const auto [known, is_new] = seen.emplace(met[i].run_id, address);
        if (!is_new)
            throw error(fault::bad_input, "dibs", "redlock",
                        known->second + " and " + address +
                            " are one server: name servers that fail independently of one another");
    }
}

bool server_set::is_asking() const {
    const auto asks = [](const auto& server) { return server && server->outstanding() > 0; };
    return asks(redis_) || std::ranges::any_of(masters_, asks);
}

task<void> server_set::finish_asking() const {
    const auto until = after(closing_time);
    asio::steady_timer pause(executor_);
    do {  // once at least: what was just begun in the background has asked for nothing yet
        pause.expires_after(std::chrono::milliseconds(1));
        co_await pause.async_wait(asio::use_awaitable);
    } while (is_asking() && steady::now() < until);
}

task<void> server_set::close() {
    co_await finish_asking();
    if (subscriber_) co_await subscriber_->close();
    if (redis_) co_await redis_->close();
    for (const auto& master : masters_) co_await master->close();
    if (pool_) pool_->close();
}

}  // namespace dibs::locks
