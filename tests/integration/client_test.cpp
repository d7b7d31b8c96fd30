// The public API on real servers: leases that are kept, lost and released; threads, executors, shutdown.
#include "tests/support/client_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <thread>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

class client_of : public client_test, public testing::WithParamInterface<algorithm> {
   protected:
    /// The processes that a lease of this algorithm needs.
    std::vector<pid_t> servers_of_lock(lease& held) {
        auto& servers = shared_servers();
        if (GetParam() == algorithm::database) return {backend_of(held)};
        if (GetParam() != algorithm::redlock) return {servers.redis().pid()};
        std::vector<pid_t> masters;
        for (std::size_t i = 0; i < 5; ++i) masters.push_back(servers.redis_master(i).pid());
        return masters;
    }

    void take_away(lease& held) {
        const auto all = servers_->for_lockers();
        const auto drop = redis::command("DEL").arg("dibs:{" + name_ + "}:lock");
        const auto drop_vote = redis::command("DEL").arg("dibs:{" + name_ + "}:redlock");
        run(servers_->redis().execute(redis::command(drop), after(5s)));
        for (const auto& master : all.masters) run(master->execute(redis::command(drop_vote), after(5s)));
        if (GetParam() != algorithm::database) return;
        const postgres::statement end_it{"test_end_backend", "SELECT pg_terminate_backend($1)"};
        auto session = postgres::params().add(std::to_string(backend_of(held)));
        run(all.pool->execute(end_it, std::move(session), after(5s)));
    }
};

INSTANTIATE_TEST_SUITE_P(every_algorithm, client_of, testing::ValuesIn(all_algorithms),
                         [](const auto& with) { return std::string(to_string(with.param)); });

TEST_P(client_of, keeps_a_lease_beyond_its_time) {
    auto one = connect();
    auto other = connect();
    auto wanted = request_for(GetParam());
    wanted.lease = 300ms;
    auto held = run(one.acquire(wanted));
    ASSERT_TRUE(held);
    run_for(900ms);
    EXPECT_TRUE(held->valid());
    EXPECT_FALSE(held->lost().stop_requested()) << held->loss();
    EXPECT_FALSE(run(other.acquire(wanted)));
    EXPECT_EQ(run(held->release()), release_outcome::released);
    EXPECT_FALSE(held->valid());
    EXPECT_EQ(held->name().text(), name_);
    auto next = run(other.acquire(wanted));
    ASSERT_TRUE(next);
    if (held->token()) {
        EXPECT_LT(held->token(), next->token());
    }
}

TEST_P(client_of, a_lease_that_nobody_renews_is_lost_before_it_ends) {
    auto locks = connect();
    auto wanted = request_for(GetParam(), 5s);
    wanted.lease = 300ms;
    wanted.renewal = renewal::by_hand;
    steady::duration left{};
    // A machine that stands still meanwhile tells late: it is done again.
    for (int i = 0; i < 5 && left <= 0ms; ++i) {
        auto held = run(locks.acquire(wanted));
        ASSERT_TRUE(held);
        const std::stop_callback on_loss(held->lost(), [&] { left = held->valid_until() - steady::now(); });
        const auto renewed = steady::now();
        ASSERT_TRUE(run(held->renew(500ms)));
        run_for(350ms);
        if (steady::now() < renewed + 450ms) {
            EXPECT_TRUE(held->valid());
        }
        run_for(300ms);
        EXPECT_TRUE(held->lost().stop_requested());
        EXPECT_FALSE(held->valid());
        EXPECT_FALSE(run(held->renew(500ms)));
    }
    EXPECT_GT(left, 0ms);
}

TEST_P(client_of, a_shorter_lease_is_lost_in_time_though_nobody_answers) {
    steady::duration left{};
    // A machine that stands still meanwhile tells late: it is done again.
    for (int i = 0; i < 5 && left <= 0ms; ++i) {
        auto locks = connect();
        auto wanted = request_for(GetParam(), 20s);
        wanted.lease = 60s;
        wanted.renewal = renewal::by_hand;
        auto held = run(locks.acquire(wanted));
        ASSERT_TRUE(held);
        const std::stop_callback on_loss(held->lost(), [&] { left = held->valid_until() - steady::now(); });
        const stopped silent(servers_of_lock(*held));
        auto renewed = start_task(io_.get_executor(), held->renew(300ms));
        const auto until = after(10s);
        while (!held->lost().stop_requested() && steady::now() < until) run_for(1ms);
        ASSERT_TRUE(held->lost().stop_requested());
        while (renewed.wait_for(0s) != std::future_status::ready && steady::now() < until) run_for(1ms);
        EXPECT_EQ(renewed.wait_for(0s), std::future_status::ready) << "it waits for the lease that was";
    }
    EXPECT_GT(left, 0ms);
}

TEST_P(client_of, is_told_at_once_by_a_renewal_that_the_lease_is_over) {
    auto locks = connect();
    auto wanted = request_for(GetParam());
    wanted.lease = 60s;
    wanted.renewal = renewal::by_hand;
    auto held = run(locks.acquire(wanted));
    ASSERT_TRUE(held);
    take_away(*held);
    EXPECT_FALSE(run(held->renew(60s)));
    EXPECT_FALSE(held->valid());
    EXPECT_TRUE(held->lost().stop_requested());
}

TEST_P(client_of, a_dropped_lease_is_given_back) {
    auto locks = connect();
    auto held = run(locks.acquire(request_for(GetParam())));
    ASSERT_TRUE(held);
    held.reset();
    EXPECT_TRUE(run(locks.acquire(request_for(GetParam(), 5s))));
}

/// Releases where its work is cancelled, as one may who does not know Asio's ways.
task<void> work_and_release(lease& held, bool& refused) {
    asio::steady_timer work(co_await asio::this_coro::executor, 1h);
    try {
        co_await work.async_wait(asio::use_awaitable);
    } catch (const boost::system::system_error&) {
    }
    try {
        co_await held.release();
    } catch (const boost::system::system_error&) {
        refused = true;
        throw;
    }
}

TEST_P(client_of, a_release_that_was_never_sent_can_be_repeated) {
    auto locks = connect();
    auto other = connect();
    for (const bool on_the_clients_executor : {true, false}) {
        auto held = run(locks.acquire(request_for(GetParam(), 5s)));
        ASSERT_TRUE(held);
        asio::cancellation_signal stop;
        std::atomic<bool> ended = false;
        bool refused = false;
        asio::thread_pool elsewhere(1);
        asio::any_io_executor executor = io_.get_executor();
        if (!on_the_clients_executor) executor = elsewhere.get_executor();
        spawn(executor, work_and_release(*held, refused), stop.slot(),
              [&](const std::exception_ptr&) { ended = true; });
        asio::post(executor, [&] { stop.emit(asio::cancellation_type::terminal); });
        while (!ended) run_for(1ms);
        elsewhere.join();
        EXPECT_TRUE(refused);
        EXPECT_TRUE(held->valid());
        EXPECT_EQ(run(held->release()), release_outcome::released);
        EXPECT_THROW(run(held->release()), error) << "once";
        auto next = run(other.acquire(request_for(GetParam(), 5s)));
        ASSERT_TRUE(next);
        run(next->release());
    }
}

TEST_P(client_of, two_releases_at_once_are_one) {
    auto locks = connect();
    auto held = run(locks.acquire(request_for(GetParam())));
    ASSERT_TRUE(held);
    auto one = start_task(io_.get_executor(), held->release());
    auto other = start_task(io_.get_executor(), held->release());
    while (one.wait_for(0s) != std::future_status::ready) run_for(1ms);
    while (other.wait_for(0s) != std::future_status::ready) run_for(1ms);
    EXPECT_EQ(one.get(), release_outcome::released);
    try {
        other.get();
        FAIL();
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), fault::closed);
    }
}

TEST_P(client_of, a_lease_has_its_owner_while_it_is_released_and_afterwards) {
    auto locks = connect();
    auto held = run(locks.acquire(request_for(GetParam())));
    ASSERT_TRUE(held);
    const auto owner = held->owner();
    const auto token = held->token();
    auto released = start_task(io_.get_executor(), held->release());
    do {
        EXPECT_EQ(held->owner(), owner);
        EXPECT_EQ(held->token(), token);
        io_.restart();
        io_.poll_one();
    } while (released.wait_for(0s) != std::future_status::ready);
    EXPECT_EQ(held->owner(), owner);
}

TEST_P(client_of, a_client_that_goes_first_leaves_its_leases_usable) {
    std::optional<lease> held;
    {
        auto locks = connect();
        held = run(locks.acquire(request_for(GetParam())));
    }
    ASSERT_TRUE(held);
    EXPECT_EQ(run(held->release()), release_outcome::released);
}

TEST_P(client_of, may_be_used_from_other_executors) {
    auto locks = connect();
    asio::thread_pool elsewhere(1);
    auto granted = start_task(elsewhere.get_executor(), locks.acquire(request_for(GetParam())));
    while (granted.wait_for(0s) != std::future_status::ready) run_for(1ms);
    auto held = granted.get();
    ASSERT_TRUE(held);
    auto released = start_task(elsewhere.get_executor(), held->release());
    while (released.wait_for(0s) != std::future_status::ready) run_for(1ms);
    EXPECT_EQ(released.get(), release_outcome::released);
    elsewhere.join();
}

TEST_F(client_test, tells_of_a_lock_that_was_taken_away) {
    auto locks = connect();
    auto held = hold(locks, algorithm::queue, 300ms);
    auto drop = redis::command("DEL").arg("dibs:{" + name_ + "}:lock");
    run(servers_->redis().execute(std::move(drop), after(5s)));
    run_for(200ms);
    EXPECT_TRUE(held.lost().stop_requested());
    EXPECT_FALSE(held.valid());
    EXPECT_NE(held.loss(), "");
    EXPECT_EQ(run(held.release()), release_outcome::expired);
}

TEST_F(client_test, a_redlock_lease_mends_the_masters_that_lost_its_key) {
    auto locks = connect();
    auto wanted = request_for(algorithm::redlock);
    wanted.lease = 600ms;
    auto held = run(locks.acquire(wanted));
    ASSERT_TRUE(held);
    const auto masters = servers_->for_lockers().masters;
    const auto lose_at = [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            auto drop = redis::command("DEL").arg("dibs:{" + name_ + "}:redlock");
            run(masters.at(i)->execute(std::move(drop), after(5s)));
        }
    };
    lose_at(0, 2);
    run_for(500ms);
    lose_at(2, 4);
    run_for(900ms);
    EXPECT_TRUE(held->valid()) << held->loss();
    // A renewal between two of these may mend some of them.
    for (int i = 0; i < 20 && held->valid(); ++i) {
        lose_at(0, 5);
        run_for(250ms);
    }
    EXPECT_FALSE(held->valid()) << "a majority has lost it at once";
}

TEST_P(client_of, ends_a_wait_when_a_stop_is_requested) {
    auto locks = connect();
    auto held = run(locks.acquire(request_for(GetParam())));
    std::stop_source stop;
    std::thread elsewhere;
    auto waiting =
        start_task(io_.get_executor(), locks.acquire(request_for(GetParam(), 20s), stop.get_token()));
    run_for(20ms);
    elsewhere = std::thread([&] { stop.request_stop(); });
    while (waiting.wait_for(0s) != std::future_status::ready) run_for(1ms);
    elsewhere.join();
    EXPECT_THROW(waiting.get(), boost::system::system_error);
    EXPECT_EQ(run(held->release()), release_outcome::released);
    std::stop_source never;
    held = run(locks.acquire(request_for(GetParam(), 5s), never.get_token()));
    ASSERT_TRUE(held) << "the one that was stopped left something behind";
    EXPECT_EQ(run(held->release()), release_outcome::released);
}

TEST_F(client_test, refuses_what_cannot_work) {
    config twice;
    twice.masters = servers_of(shared_servers()).masters;
    twice.masters[1] = twice.masters[0];
    try {
        run(client::connect(io_.get_executor(), twice));
        FAIL() << "two masters are one server";
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), fault::bad_input);
        EXPECT_THAT(refused.what(), testing::HasSubstr("are one server"));
    }
    auto locks = run(client::connect(io_.get_executor(), config::from_url(shared_servers().redis_url())));
    EXPECT_THROW(run(locks.acquire(request_for(algorithm::database))), error);
    auto too_short = request_for(algorithm::queue);
    too_short.lease = 1ms;
    EXPECT_THROW(run(locks.acquire(too_short)), error);
    auto for_ever = request_for(algorithm::queue, std::chrono::milliseconds::max());
    EXPECT_THROW(run(locks.acquire(for_ever)), error);
    auto held = run(locks.acquire(request_for(algorithm::queue)));
    for (const auto lease : {0ms, -1ms, std::chrono::milliseconds(25h)})
        EXPECT_THROW(run(held->renew(lease)), error);
    EXPECT_EQ(run(held->release()), release_outcome::released);
    EXPECT_THROW(run(held->release()), error) << "once";
    run(locks.close());
    EXPECT_THROW(config::from_url("http://localhost"), error);
    EXPECT_THROW(run(client::connect(io_.get_executor(), config::from_url("redis+unix:///nowhere/r.sock"))),
                 error);
}

// Asio's own way through co_spawn reads freed memory here now and then.
TEST_F(client_test, may_be_cancelled_from_another_executor_while_its_answer_comes) {
    const auto locks = client::connect(servers_of(shared_servers()));
    int granted = 0;
    int cancelled = 0;
    for (int i = 0; i < 400; ++i) {
        asio::io_context here{1};
        asio::cancellation_signal stop;
        asio::steady_timer soon(here, std::chrono::microseconds(i));
        soon.async_wait([&](boost::system::error_code) { stop.emit(asio::cancellation_type::terminal); });
        auto ended = [&](const std::exception_ptr& failed, const std::optional<lease>& had) {
            granted += had ? 1 : 0;
            cancelled += failed ? 1 : 0;
        };
        asio::co_spawn(here, client(locks).acquire(request_for(algorithm::queue, 5s)),
                       asio::bind_cancellation_slot(stop.slot(), ended));
        here.run();
    }
    EXPECT_EQ(granted + cancelled, 400);
    EXPECT_GT(cancelled, 0);
}

// The answers that are still owed are none that anybody can wait for.
TEST_F(client_test, that_has_a_thread_goes_though_its_server_is_silent) {
    auto other = connect();
    auto held = run(other.acquire(request_for(algorithm::queue)));
    const auto begun = steady::now();
    auto& redis = shared_servers().redis();
    {
        const auto locks = client::connect(servers_of(shared_servers()));
        auto wanted = request_for(algorithm::queue, 300ms);
        wanted.lease = 1h;
        auto waiting = asio::co_spawn(locks.executor(), client(locks).acquire(wanted), asio::use_future);
        run(await_queue());
        redis.signal(SIGSTOP);
        EXPECT_FALSE(waiting.get());
    }
    redis.signal(SIGCONT);
    EXPECT_LT(steady::now() - begun, 30s) << "its waiter's lease would have been an hour";
    run(held->release());
}

TEST_F(client_test, that_was_closed_says_so) {
    auto locks = connect();
    auto held = run(locks.acquire(request_for(algorithm::queue)));
    auto waiting = start_task(io_.get_executor(), locks.acquire(request_for(algorithm::queue, 10s)));
    run_for(20ms);
    run(locks.close());
    run_for(20ms);
    ASSERT_EQ(waiting.wait_for(0s), std::future_status::ready);
    EXPECT_THROW(waiting.get(), error);
    try {
        run(locks.acquire(request_for(algorithm::queue)));
        FAIL();
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), fault::closed);
    }
}

TEST_F(client_test, who_waits_sees_that_a_lease_was_made_shorter) {
    for (const auto kind : {algorithm::spinlock, algorithm::pubsub, algorithm::queue}) {
        SCOPED_TRACE(to_string(kind));
        auto locks = connect();
        auto elsewhere = connect();
        auto wanted = request_for(kind);
        wanted.lease = 60s;
        wanted.renewal = renewal::by_hand;
        auto held = run(locks.acquire(wanted));
        auto waiting = start_task(io_.get_executor(), elsewhere.acquire(request_for(kind, 20s)));
        run_for(100ms);
        EXPECT_TRUE(run(held->renew(100ms)));
        const auto begun = steady::now();
        while (waiting.wait_for(0s) != std::future_status::ready) run_for(1ms);
        auto next = waiting.get();
        ASSERT_TRUE(next);
        EXPECT_LT(steady::now() - begun, 10s);
        run(next->release());
    }
}

TEST_F(client_test, that_is_closed_while_it_waits_leaves_no_place_in_a_queue) {
    auto locks = connect();
    auto held = hold(locks, algorithm::queue, 10s);
    auto closing = connect();
    auto waiting = start_task(io_.get_executor(), closing.acquire(request_for(algorithm::queue, 10s)));
    run_for(100ms);
    run(closing.close());
    while (waiting.wait_for(0s) != std::future_status::ready) run_for(1ms);
    EXPECT_THROW(waiting.get(), error);
    EXPECT_EQ(run(held.release()), release_outcome::released);
    auto next = run(locks.acquire(request_for(algorithm::queue)));
    ASSERT_TRUE(next) << "it was granted to who had gone";
    run(next->release());
}

TEST_F(client_test, releases_though_it_may_not_tell_others) {
    auto user =
        redis::command("ACL").arg("SETUSER").arg("mute").arg("on").arg(">pass").arg("~*").arg("+@all");
    run(servers_->redis().execute(std::move(user.arg("resetchannels")), after(5s)));
    auto servers = servers_of(shared_servers());
    servers.redis.replace(0, servers.redis.find("://") + 3, "redis+unix://mute:pass@");
    auto locks = run(client::connect(io_.get_executor(), servers));
    for (const auto kind : {algorithm::spinlock, algorithm::queue}) {
        auto held = hold(locks, kind, 10s);
        EXPECT_EQ(run(held.release()), release_outcome::released) << to_string(kind);
    }
}

// The server has it, and goes without a word.
TEST(client_of_a_server_that_dies, is_told_that_a_release_is_in_doubt) {
    sandbox::supervisor box;
    sandbox::redis_server redis(box);
    redis.start();
    asio::io_context io{1};
    auto locks = run_task(io, client::connect(io.get_executor(), config{.redis = redis.url()}));
    lock_request wanted("doubtful");
    wanted.algorithm = algorithm::spinlock;
    wanted.lease = 60s;
    wanted.renewal = renewal::by_hand;
    auto held = run_task(io, locks.acquire(wanted));
    redis.signal(SIGSTOP);
    auto released = start_task(io.get_executor(), held->release());
    io.restart();
    io.run_for(100ms);
    redis.kill();
    while (released.wait_for(0s) != std::future_status::ready) io.run_one_for(1s);
    try {
        released.get();
        ADD_FAILURE();
    } catch (const error& told) {
        EXPECT_TRUE(told.in_doubt()) << told.what();
    }
}

}  // namespace
}  // namespace dibs::tests
