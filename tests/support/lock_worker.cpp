// A process of lock users for the tests: `lock_worker --algorithm queue --redis URL … --waiters 20 --rounds
// 5`. With --hold it takes the lock once, prints "held", and keeps it until it is killed; with --stand it
// prints "waiting" as soon as it stands at the lock.
#include "core/spawn.hpp"
#include "core/task_group.hpp"
#include "tests/support/guarded_resource.hpp"
#include "tests/support/lock_servers.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>

namespace {

using namespace dibs;

struct orders {
    std::string lock = "queue";  // as make_lock() names them
    tests::server_urls urls;
    std::string name = "test";
    int waiters = 20;
    int rounds = 5;
    std::chrono::milliseconds lease{10'000};
    std::chrono::milliseconds wait{60'000};
    bool hold = false;
};

task<void> visit(const tests::named_lock& lock, tests::guarded_resource& resource, const orders& told) {
    for (int round = 0; round < told.rounds; ++round) {
        auto request = lock.request(told.name);
        request.lease = told.lease;
        request.wait = told.wait;
        auto lease = co_await lock.locker->acquire(request);
        if (!lease) throw std::runtime_error("busy until the wait ended");
        co_await resource.enter(lease->token());
        co_await resource.leave();
        co_await lease->release();
    }
}

void say(const char* word) {
    fmt::print("{}\n", word);
    std::fflush(stdout);
}

task<void> keep(locks::locker& locker, const orders& told) {
    say("waiting");
    lock_request request(told.name);
    request.lease = told.lease;
    request.wait = told.wait;
    auto lease = co_await locker.acquire(request);
    say(lease ? "held" : "busy");
    asio::steady_timer forever(co_await asio::this_coro::executor, deadline::max());
    co_await forever.async_wait(asio::use_awaitable);
}

task<void> work(asio::io_context& context, const orders& told) {
    tests::lock_servers servers(context.get_executor(), told.urls);
    const auto lock = tests::make_lock(told.lock, servers.for_lockers());
    tests::guarded_resource resource(servers.redis(), "resource:" + told.name);
    if (told.hold) co_await keep(*lock.locker, told);
    task_group users(context.get_executor());
    for (int user = 0; user < told.waiters; ++user) users.spawn(visit(lock, resource, told));
    co_await users.join();
    context.stop();
}

}  // namespace

int main(int argc, char** argv) {
    orders told;
    CLI::App app;
    app.add_option("--lock", told.lock);
    app.add_option("--redis", told.urls.redis);
    app.add_option("--master", told.urls.masters);
    app.add_option("--postgres", told.urls.postgres);
    app.add_option("--name", told.name);
    app.add_option("--waiters", told.waiters);
    app.add_option("--rounds", told.rounds);
    app.add_option("--lease-ms", [&](const CLI::results_t& words) {
        return told.lease = std::chrono::milliseconds(std::stoi(words.front())), true;
    });
    app.add_flag("--hold", told.hold);
    CLI11_PARSE(app, argc, argv);

    asio::io_context context{1};
    std::exception_ptr failure;
    dibs::spawn(context.get_executor(), work(context, told), [&](std::exception_ptr thrown) {
        failure = std::move(thrown);
        context.stop();
    });
    context.run();
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& thrown) {
        fmt::print(stderr, "lock_worker: {}\n", thrown.what());
        return 1;
    }
    return 0;
}
