// Leases of the `database` lock, whose session the holder may write in.
#include "core/spawn.hpp"
#include "postgres/connection.hpp"
#include "postgres/transaction.hpp"
#include "tests/support/client_fixture.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include <future>
#include <vector>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

class client_database : public client_test {
   protected:
    /// Cancels `work` when it is under way, and returns when it has ended.
    void cancel(task<void> work) {
        asio::cancellation_signal stop;
        bool ended = false;
        spawn(io_.get_executor(), std::move(work), stop.slot(),
              [&](const std::exception_ptr&) { ended = true; });
        run_for(50ms);
        ASSERT_FALSE(ended);
        asio::post(io_, [&] { stop.emit(asio::cancellation_type::terminal); });
        while (!ended) run_for(1ms);
    }

    void expect_lost_and_free(const lease& held) {
        EXPECT_FALSE(held.valid());
        EXPECT_TRUE(held.lost().stop_requested());
        EXPECT_NE(held.loss(), "");
        auto other = connect();
        auto next = run(other.acquire(request_for(algorithm::database, 20s)));
        ASSERT_TRUE(next) << "held by a session that is gone";
        run(next->release());
    }
};

task<void> execute(lease& held, std::string what) { co_await held.execute(std::move(what)); }
task<void> renew(lease& held, std::chrono::milliseconds duration) { co_await held.renew(duration); }

TEST_F(client_database, what_a_holder_sets_does_not_stay_with_the_session) {
    const auto elsewhere = "\"elsewhere " + name_ + '"';
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 10s);
    run(held.execute("CREATE SCHEMA " + elsewhere));
    run(held.execute("SET search_path TO " + elsewhere));
    EXPECT_EQ(run(held.release()), release_outcome::released);
    auto again = hold(locks, algorithm::database, 10s);
    auto others = connect();
    EXPECT_FALSE(run(others.acquire(request_for(algorithm::database)))) << "there are two tables of locks";
    run(again.release());
}

TEST_F(client_database, is_handed_over_whatever_the_default_isolation_is) {
    auto servers = servers_of(shared_servers());
    servers.postgres += "&options=-cdefault_transaction_isolation%3Dserializable";
    auto one = run(client::connect(io_.get_executor(), servers));
    auto other = run(client::connect(io_.get_executor(), servers));
    auto held = hold(one, algorithm::database, 10s);
    auto waiting = start_task(io_.get_executor(), other.acquire(request_for(algorithm::database, 10s)));
    run_for(100ms);
    EXPECT_EQ(run(held.release()), release_outcome::released);
    while (waiting.wait_for(0s) != std::future_status::ready) run_for(1ms);
    auto next = waiting.get();
    ASSERT_TRUE(next);
    run(next->release());
}

TEST_F(client_database, refuses_a_statement_that_would_be_cut_off) {
    using namespace std::string_literals;
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 10s);
    EXPECT_THROW(run(held.execute("DELETE FROM pg_class\0 WHERE false"s)), error);
    EXPECT_EQ(run(held.release()), release_outcome::released);
}

TEST_F(client_database, of_a_client_that_was_closed_tells_those_who_wait) {
    auto locks = connect();
    auto elsewhere = connect();
    auto held = hold(elsewhere, algorithm::database, 10s);
    std::vector<std::future<std::optional<lease>>> waiting;
    for (int i = 0; i < 3; ++i)  // two at the row, one behind them
        waiting.push_back(
            start_task(io_.get_executor(), locks.acquire(request_for(algorithm::database, 300ms))));
    run_for(50ms);
    run(locks.close());
    for (auto& one : waiting) {
        while (one.wait_for(0s) != std::future_status::ready) run_for(1ms);
        try {
            one.get();
            ADD_FAILURE() << "it was told that another holds the lock";
        } catch (const error& told) {
            EXPECT_EQ(told.kind(), fault::closed);
        }
    }
    run(held.release());
}

TEST_F(client_database, tells_of_a_database_session_that_was_ended) {
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 300ms);
    const postgres::statement end_it{
        "test_end_session",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"};
    run(servers_->pool().execute(end_it, postgres::params(), after(5s)));
    run_for(200ms);
    EXPECT_TRUE(held.lost().stop_requested());
    EXPECT_THROW(run(held.release()), error);
}

TEST_F(client_database, a_session_that_ends_under_its_holders_statement_is_lost_at_once) {
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 10s);
    EXPECT_THROW(run(execute(held, "SELECT pg_terminate_backend(pg_backend_pid())")), error);
    expect_lost_and_free(held);
    EXPECT_THROW(run(held.release()), error);
}

TEST_F(client_database, a_statement_that_is_cancelled_takes_the_lock_with_its_session) {
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 60s);
    auto in_the_way = run(postgres::transaction::begin(servers_->pool(), after(5s)));
    const postgres::statement take{"test_take", "SELECT pg_advisory_xact_lock(8)"};
    run(in_the_way.execute(take, postgres::params(), after(5s)));
    cancel(execute(held, "SELECT 1 FROM pg_advisory_xact_lock(8)"));
    expect_lost_and_free(held);
}

TEST_F(client_database, a_renewal_that_is_cancelled_takes_the_lock_with_its_session) {
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 60s);
    {
        const stopped session({backend_of(held)});
        cancel(renew(held, 60s));
        EXPECT_FALSE(held.valid());
    }
    expect_lost_and_free(held);
}

// Its renewal is due at 2 s and would be asked for again half a second later; it has until nearly 6 s.
TEST_F(client_database, a_renewal_is_not_given_up_while_the_lease_lasts) {
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 6s);
    const auto first_end = held.valid_until();
    {
        const stopped session({backend_of(held)});
        run_for(3s);
    }
    const auto until = after(10s);
    while (held.valid() && held.valid_until() < first_end + 1500ms && steady::now() < until) run_for(1ms);
    EXPECT_TRUE(held.valid()) << held.loss();
    EXPECT_NO_THROW(run(execute(held, "SELECT 1")));
    EXPECT_EQ(run(held.release()), release_outcome::released);
}

// PostgreSQL gives the locks of a transaction back when a statement in it fails, not when it ends.
TEST_F(client_database, a_statement_that_fails_gives_the_lock_back_and_says_so) {
    for (const std::string what : {"SELECT 1 / 0", "ROLLBACK", "COMMIT"}) {
        auto locks = connect();
        auto held = hold(locks, algorithm::database, 10s);
        try {
            run(execute(held, what));
        } catch (const error&) {
        }
        SCOPED_TRACE(what);
        expect_lost_and_free(held);
    }
}

TEST_F(client_database, a_release_after_the_holders_own_end_of_the_transaction_is_refused) {
    const auto table = '"' + name_ + '"';
    for (const std::string what : {"ROLLBACK", "COMMIT", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "no"}) {
        SCOPED_TRACE(what);
        auto locks = connect();
        auto held = hold(locks, algorithm::database, 10s);
        if (what == "no") {  // a COMMIT that is refused
            run(execute(held, "CREATE TABLE " + table + " (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)"));
            run(execute(held, "INSERT INTO " + table + " VALUES (1), (1)"));
            EXPECT_THROW(run(execute(held, "COMMIT")), error);
        } else {
            run(execute(held, what));
        }
        expect_lost_and_free(held);
        try {
            run(held.release());
            ADD_FAILURE() << "released what it did not hold";
        } catch (const error& told) {
            EXPECT_THAT(told.what(), testing::HasSubstr("ended by a statement"));
        }
    }
}

TEST_F(client_database, a_holder_may_go_back_to_its_savepoint) {
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 10s);
    for (const char* what : {"SAVEPOINT here", "ROLLBACK TO here", "RELEASE here"}) run(execute(held, what));
    EXPECT_TRUE(held.valid()) << held.loss();
    EXPECT_EQ(run(held.release()), release_outcome::released);
}

// Renewals go over the same session.
TEST_F(client_database, writes_in_the_session_of_a_database_lock_while_it_is_renewed) {
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 150ms);
    const auto ends = after(600ms);
    while (steady::now() < ends) {
        const auto rows = run(held.execute("SELECT $1::text || 'ly', $2::text", {"sure", std::nullopt}));
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_THAT(rows[0], testing::ElementsAre("surely", std::nullopt));
    }
    EXPECT_TRUE(held.valid()) << held.loss();
    EXPECT_EQ(run(held.release()), release_outcome::released);
    EXPECT_THROW(run(held.execute("SELECT 1")), error);
}

TEST_F(client_database, what_a_database_lock_wrote_is_committed_with_its_release_or_not_at_all) {
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

TEST_F(client_database, a_statement_keeps_the_lease_that_it_keeps_from_being_renewed) {
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 2s);
    run(held.execute("SELECT pg_sleep(1.2)"));
    EXPECT_FALSE(held.lost().stop_requested()) << held.loss();
    EXPECT_EQ(run(held.release()), release_outcome::released);
}

TEST_F(client_database, a_release_does_not_cut_into_a_statement_of_its_holder) {
    auto locks = connect();
    {
        auto held = hold(locks, algorithm::database, 60s);
        auto in_the_way = run(postgres::transaction::begin(servers_->pool(), after(5s)));
        const postgres::statement take{"test_take", "SELECT pg_advisory_xact_lock(7)"};
        run(in_the_way.execute(take, postgres::params(), after(5s)));
        auto statement =
            start_task(io_.get_executor(), held.execute("SELECT 1 FROM pg_advisory_xact_lock(7)"));
        EXPECT_THROW(run(held.release()), error);
        EXPECT_NE(statement.wait_for(0s), std::future_status::ready);
        run(in_the_way.rollback(after(5s)));
        while (statement.wait_for(0s) != std::future_status::ready) run_for(1ms);
        EXPECT_EQ(statement.get().size(), 1U);
    }
    EXPECT_TRUE(run(locks.acquire(request_for(algorithm::database, 20s))));
}

TEST_F(client_database, a_renewal_to_a_shorter_time_waits_for_a_statement_no_longer_than_that) {
    auto locks = connect();
    auto held = hold(locks, algorithm::database, 60s);
    auto in_the_way = run(postgres::transaction::begin(servers_->pool(), after(5s)));
    const postgres::statement take{"test_take", "SELECT pg_advisory_xact_lock(9)"};
    run(in_the_way.execute(take, postgres::params(), after(5s)));
    auto statement = start_task(io_.get_executor(), held.execute("SELECT 1 FROM pg_advisory_xact_lock(9)"));
    auto renewal = start_task(io_.get_executor(), held.renew(200ms));
    while (renewal.wait_for(0s) != std::future_status::ready && held.valid()) run_for(1ms);
    run_for(100ms);
    ASSERT_EQ(renewal.wait_for(0s), std::future_status::ready) << "it waits for the lease it had";
    EXPECT_THROW(renewal.get(), error);
    run(in_the_way.rollback(after(5s)));
    while (statement.wait_for(0s) != std::future_status::ready) run_for(1ms);
}

TEST_F(client_database, what_bounds_a_wait_does_not_bound_the_holder) {
    auto locks = connect();
    auto held = run(locks.acquire(request_for(algorithm::database, 700ms)));
    ASSERT_TRUE(held);
    EXPECT_THAT(
        run(held->execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")),
        testing::ElementsAre(testing::ElementsAre("0", "0")));
    run(held->release());
}

TEST_F(client_database, who_waits_in_vain_is_told_so_whoever_waits_before_it) {
    auto locks = connect();
    auto held = run(locks.acquire(request_for(algorithm::database)));
    std::vector<client> others;
    std::vector<std::future<std::optional<lease>>> waits;
    for (int i = 0; i < 3; ++i) {
        others.push_back(connect());
        waits.push_back(
            start_task(io_.get_executor(), others.back().acquire(request_for(algorithm::database, 700ms))));
    }
    for (auto& one : waits) {
        while (one.wait_for(0s) != std::future_status::ready) run_for(1ms);
        EXPECT_FALSE(one.get());
    }
    run(held->release());
}

TEST_F(client_database, a_lease_that_was_waited_for_is_whole) {
    auto locks = connect();
    auto other = connect();
    auto wanted = request_for(algorithm::database, 10s);
    wanted.lease = 2s;
    wanted.renewal = renewal::by_hand;
    auto held = run(locks.acquire(wanted));
    auto waits = start_task(io_.get_executor(), other.acquire(wanted));
    run_for(1200ms);
    run(held->release());
    while (waits.wait_for(0s) != std::future_status::ready) run_for(1ms);
    auto next = waits.get();
    ASSERT_TRUE(next);
    EXPECT_GT(next->valid_until() - steady::now(), 1200ms) << "it was counted from before the wait";
    run(next->release());
}

TEST_F(client_database, only_a_database_lock_has_a_session) {
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

}  // namespace
}  // namespace dibs::tests
