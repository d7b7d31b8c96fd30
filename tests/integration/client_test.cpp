// The public API on real servers: leases that are kept, lost and released; threads, executors, shutdown.
#include "postgres/connection.hpp"
#include "sandbox/servers.hpp"
#include "tests/support/lock_fixture.hpp"

#include <dibs/client.hpp>
#include <dibs/mutex.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>

#include <csignal>
#include <mutex>
#include <thread>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

config servers_of(const sandbox::servers& box) {
    config where;
    where.redis = box.redis_url();
    where.masters = box.redlock_urls();
    where.postgres = box.postgres_url();
    return where;
}

class client_test : public lock_test {
   protected:
    client connect() { return run(client::connect(io_.get_executor(), servers_of(shared_servers()))); }

    lock_request request_for(algorithm kind, std::chrono::milliseconds wait = 0ms) {
        auto wanted = request(wait);
        wanted.algorithm = kind;
        return wanted;
    }

    void run_for(steady::duration time) {
        io_.restart();
        io_.run_for(time);
    }
};

class client_of : public client_test, public testing::WithParamInterface<algorithm> {};

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
    auto wanted = request_for(GetParam());
    wanted.lease = 300ms;
    wanted.renewal = renewal::by_hand;
    auto held = run(locks.acquire(wanted));
    ASSERT_TRUE(held);
    steady::duration left{};
    const std::stop_callback on_loss(held->lost(), [&] { left = held->valid_until() - steady::now(); });
    ASSERT_TRUE(run(held->renew(500ms)));
    run_for(350ms);
    EXPECT_TRUE(held->valid());
    run_for(300ms);
    EXPECT_TRUE(held->lost().stop_requested());
    EXPECT_GT(left, 0ms);
    EXPECT_FALSE(held->valid());
    EXPECT_FALSE(run(held->renew(500ms)));
}

TEST_P(client_of, a_dropped_lease_is_given_back) {
    auto locks = connect();
    auto held = run(locks.acquire(request_for(GetParam())));
    ASSERT_TRUE(held);
    held.reset();
    EXPECT_TRUE(run(locks.acquire(request_for(GetParam(), 5s))));
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
    auto wanted = request_for(algorithm::queue);
    wanted.lease = 300ms;
    auto held = run(locks.acquire(wanted));
    ASSERT_TRUE(held);
    auto drop = redis::command("DEL").arg("dibs:{" + name_ + "}:lock");
    run(servers_->redis().execute(std::move(drop), after(5s)));
    run_for(200ms);
    EXPECT_TRUE(held->lost().stop_requested());
    EXPECT_FALSE(held->valid());
    EXPECT_NE(held->loss(), "");
    EXPECT_EQ(run(held->release()), release_outcome::expired);
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

TEST_F(client_test, a_mutex_gives_up_when_a_stop_is_requested) {
    auto locks = client::connect(config::from_url(shared_servers().redis_url()));
    mutex one(locks, name_);
    mutex other(locks, name_);
    const std::scoped_lock held(one);
    std::jthread waiter([&](const std::stop_token& stop) { EXPECT_FALSE(other.lock(stop)); });
    waiter.request_stop();
    waiter.join();
    EXPECT_FALSE(other.try_lock());
}

TEST_F(client_test, tells_of_a_database_session_that_was_ended) {
    auto locks = connect();
    auto wanted = request_for(algorithm::database);
    wanted.lease = 300ms;
    auto held = run(locks.acquire(wanted));
    ASSERT_TRUE(held);
    const postgres::statement end_it{
        "test_end_session",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"};
    run(servers_->pool().execute(end_it, postgres::params(), after(5s)));
    run_for(200ms);
    EXPECT_TRUE(held->lost().stop_requested());
    EXPECT_THROW(run(held->release()), error);
}

// Renewals go over the same session.
TEST_F(client_test, writes_in_the_session_of_a_database_lock_while_it_is_renewed) {
    auto locks = connect();
    auto wanted = request_for(algorithm::database);
    wanted.lease = 150ms;
    auto held = run(locks.acquire(wanted));
    ASSERT_TRUE(held);
    const auto ends = after(600ms);
    while (steady::now() < ends) {
        const auto rows = run(held->execute("SELECT $1::text || 'ly', $2::text", {"sure", std::nullopt}));
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_THAT(rows[0], testing::ElementsAre("surely", std::nullopt));
    }
    EXPECT_TRUE(held->valid()) << held->loss();
    EXPECT_EQ(run(held->release()), release_outcome::released);
    EXPECT_THROW(run(held->execute("SELECT 1")), error);
}

TEST_F(client_test, what_a_database_lock_wrote_is_committed_with_its_release_or_not_at_all) {
    auto locks = connect();
    const auto guarded_write = [&](const std::string& value) {
        auto held = run(locks.acquire(request_for(algorithm::database, 5s)));
        run(held->execute("CREATE TABLE IF NOT EXISTS guarded (value text)"));
        run(held->execute("INSERT INTO guarded VALUES ($1)", {value}));
        return held;
    };
    run(guarded_write("kept")->release());
    guarded_write("dropped").reset();
    auto reader = run(locks.acquire(request_for(algorithm::database, 5s)));
    EXPECT_THAT(run(reader->execute("SELECT value FROM guarded")),
                testing::ElementsAre(testing::ElementsAre("kept")));
    run(reader->execute("DROP TABLE guarded"));
    run(reader->release());
}

TEST_F(client_test, only_a_database_lock_has_a_session) {
    auto locks = connect();
    auto held = run(locks.acquire(request_for(algorithm::queue)));
    EXPECT_EQ(held->tries(), 1);
    try {
        run(held->execute("SELECT 1"));
        FAIL() << "a queue lock lives on Redis";
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), fault::bad_input);
        EXPECT_THAT(refused.what(), testing::HasSubstr("fencing token"));
    }
    run(held->release());
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
    EXPECT_THROW(config::from_url("http://localhost"), error);
    EXPECT_THROW(run(client::connect(io_.get_executor(), config::from_url("redis+unix:///nowhere/r.sock"))),
                 error);
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

TEST_F(client_test, a_mutex_excludes_threads) {
    const auto locks = client::connect(servers_of(shared_servers()));
    int inside = 0, most = 0, entered = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            mutex mine(locks, name_);
            for (int turn = 0; turn < 10; ++turn) {
                const std::scoped_lock guard(mine);
                most = std::max(most, ++inside);
                ++entered;
                --inside;
            }
        });
    threads.clear();
    EXPECT_EQ(entered, 40);
    EXPECT_EQ(most, 1);
}

TEST_F(client_test, several_mutexes_are_locked_without_deadlock) {
    const auto locks = client::connect(servers_of(shared_servers()));
    int entered = 0;
    const auto work = [&](std::string first, std::string second) {
        mutex one(locks, std::move(first));
        mutex other(locks, std::move(second));
        for (int turn = 0; turn < 10; ++turn) {
            const std::scoped_lock both(one, other);
            ++entered;
        }
    };
    {
        const std::jthread there([&] { work(name_ + ":a", name_ + ":b"); });
        const std::jthread back([&] { work(name_ + ":b", name_ + ":a"); });
    }
    EXPECT_EQ(entered, 20);
}

TEST_F(client_test, a_mutex_can_be_tried_and_tells_of_its_hold) {
    const auto locks = client::connect(servers_of(shared_servers()));
    mutex one(locks, name_);
    mutex other(locks, name_);
    EXPECT_FALSE(one.token());
    ASSERT_TRUE(one.try_lock());
    EXPECT_TRUE(one.token());
    EXPECT_TRUE(one.lost().stop_possible());
    EXPECT_FALSE(other.try_lock());
    EXPECT_FALSE(other.try_lock_for(20ms));
    EXPECT_FALSE(other.try_lock_until(steady::now() + 20ms));
    EXPECT_THROW(one.lock(), std::logic_error);
    one.unlock();
    EXPECT_EQ(one.last_release(), release_outcome::released);
    EXPECT_TRUE(other.try_lock_for(5s));
}

}  // namespace
}  // namespace dibs::tests
