#include "tests/support/lock_fixture.hpp"

#include "core/random.hpp"

#include <algorithm>

namespace dibs::tests {

sandbox::servers& shared_servers() {
    static auto servers = [] {
        sandbox::options wanted;
        wanted.redis_masters = 5;
        return sandbox::servers::start(wanted);
    }();
    return servers;
}

server_urls urls_of(const sandbox::servers& servers) {
    return {servers.redis_url(), servers.redlock_urls(), servers.postgres_url()};
}

lock_test::lock_test() : name_("test:" + random_hex(8)) {
    servers_ = std::make_unique<lock_servers>(io_.get_executor(), urls_of(shared_servers()));
}

lock_test::~lock_test() = default;

std::unique_ptr<locks::locker> lock_test::make(const std::string& lock) {
    return make_lock(lock, servers_->for_lockers()).locker;
}

lock_request lock_test::request(std::chrono::milliseconds wait) const {
    lock_request result(name_);
    result.wait = wait;
    return result;
}

task<std::optional<locks::lease>> lock_test::take(locks::locker& locker, std::chrono::milliseconds wait,
                                                  std::chrono::milliseconds for_long) {
    auto wanted = request(wait);
    wanted.lease = for_long;
    co_return co_await locker.acquire(std::move(wanted));
}

task<redis::reply> lock_test::ask(redis::command what) {
    return servers_->redis().execute(std::move(what), after(std::chrono::seconds(5)));
}

task<void> lock_test::await_queue(std::int64_t waiters) {
    for (std::int64_t length = 0; length < waiters;) {
        auto look = redis::command("LLEN").arg("dibs:{" + name_ + "}:queue");
        const auto answer = co_await ask(std::move(look));
        length = answer.integer();
    }
}

task<std::vector<std::string>> lock_test::keys_left() {
    auto scan = redis::command("KEYS").arg("dibs:{" + name_ + "}:*");
    const auto answer = co_await ask(std::move(scan));
    std::vector<std::string> keys;
    for (const auto& key : answer.elements())
        if (!key.text().ends_with(":token")) keys.push_back(key.text());
    co_return keys;
}

}  // namespace dibs::tests
