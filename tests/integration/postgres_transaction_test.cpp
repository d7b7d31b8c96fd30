#include "core/timeout.hpp"
#include "tests/support/postgres_test.hpp"

#include <stdexcept>

namespace dibs::postgres {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr statement add_thing{"add_thing", "INSERT INTO things (id) VALUES ($1)"};
constexpr statement wait_long{"wait_long", "SELECT pg_sleep(10)"};

class postgres_transaction : public tests::postgres_test {
   protected:
    postgres_transaction() { sql("CREATE TABLE things (id bigint PRIMARY KEY)"); }

    std::unique_ptr<transaction> begin() {
        return run(tests::kept(transaction::begin(sessions, after(10s))));
    }
    tests::ending add(transaction& in, std::int64_t id) {
        return end_of(in.execute(add_thing, params().add(id), after(10s)));
    }
    std::string things() const { return sql("SELECT count(*) FROM things"); }
    /// Runs what was left to the background: the session of the last transaction is back, or gone.
    void await_all_back() {
        const auto until = after(10s);
        while (sessions.on_loan() > 0 && steady::now() < until) {
            io.restart();
            io.run_one_for(10ms);
        }
        EXPECT_EQ(sessions.on_loan(), 0U);
    }
    /// A COMMIT of whoever has written to things waits for the advisory lock 1.
    void make_commits_wait() {
        sql("CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER pause AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION pause()");
    }
    constexpr static statement add_name{"add_name", "SELECT $1::text"};
    task<void> leave_by_exception() {
        auto work = co_await transaction::begin(sessions, after(10s));
        co_await work.execute(add_thing, params().add(1), after(10s));
        throw std::logic_error("changed its mind");
    }
    task<bool> leave_by_cancellation() {
        auto work = co_await transaction::begin(sessions, after(10s));
        co_await work.execute(add_thing, params().add(1), after(10s));
        co_await work.execute(wait_long, params(), after(10s));
        co_return true;
    }

    pool sessions{io.get_executor(), where(), {.size = 1}};
};

TEST_F(postgres_transaction, begins_with_the_first_statement_that_is_sent) {
    const auto work = begin();
    auto cut_off = params().add(std::string("a\0b", 3));
    EXPECT_EQ(end_of(work->execute(add_name, std::move(cut_off), after(10s))).failed, fault::bad_input);
    EXPECT_FALSE(add(*work, 1).failed);
    run(work->rollback(after(10s)));
    EXPECT_EQ(things(), "0");
}

TEST_F(postgres_transaction, commits) {
    auto work = begin();
    EXPECT_EQ(add(*work, 1).failed, std::nullopt);
    EXPECT_EQ(add(*work, 2).failed, std::nullopt);
    EXPECT_EQ(things(), "0");
    run(work->commit(after(10s)));
    EXPECT_EQ(things(), "2");
    EXPECT_EQ(sessions.idle(), 1U);
}

TEST_F(postgres_transaction, the_last_statement_may_bring_the_commit) {
    auto work = begin();
    EXPECT_EQ(run(work->execute_and_commit(add_thing, params().add(1), after(10s))).affected(), 1);
    EXPECT_EQ(things(), "1");
    EXPECT_EQ(sessions.idle(), 1U);

    auto second = begin();
    EXPECT_EQ(end_of(second->execute_and_commit(add_thing, params().add(1), after(10s))).sqlstate, "23505");
    run(second->rollback(after(10s)));
    EXPECT_EQ(sessions.idle(), 1U);
}

TEST_F(postgres_transaction, rolls_back_when_asked) {
    auto work = begin();
    add(*work, 1);
    run(work->rollback(after(10s)));
    EXPECT_EQ(sessions.idle(), 1U);
    EXPECT_EQ(things(), "0");
    auto untouched = begin();
    run(untouched->rollback(after(10s)));
    auto empty = begin();
    run(empty->commit(after(10s)));
    EXPECT_EQ(sessions.idle(), 1U);
}

TEST_F(postgres_transaction, rolls_back_when_it_is_destroyed_and_keeps_the_session) {
    const auto number = [&] {
        constexpr statement ask{"", "SELECT pg_backend_pid()"};
        return run(sessions.execute(ask, params(), after(10s))).integer(0, 0);
    };
    const auto before = number();
    {
        auto work = begin();
        add(*work, 1);
    }
    EXPECT_EQ(number(), before) << "the next one waits for the session";
    EXPECT_EQ(sql(count_sessions("state <> 'idle'")), "0");
    EXPECT_EQ(things(), "0");
}

TEST_F(postgres_transaction, rolls_back_when_an_exception_leaves_it) {
    EXPECT_THROW(run(leave_by_exception()), std::logic_error);
    await_all_back();
    EXPECT_EQ(sessions.idle(), 1U);
    EXPECT_EQ(things(), "0");
    EXPECT_EQ(sql(count_sessions("state <> 'idle'")), "0");
}

TEST_F(postgres_transaction, rolls_back_when_it_is_cancelled) {
    EXPECT_EQ(run(with_timeout(leave_by_cancellation(), after(200ms))), std::nullopt);
    await_all_back();
    EXPECT_EQ(sessions.idle(), 0U) << "the session was closed";
    await_sql(count_sessions("true"), "0");
    EXPECT_EQ(things(), "0");
}

TEST_F(postgres_transaction, a_first_statement_that_fails_leaves_nothing_open) {
    sql("INSERT INTO things VALUES (1)");
    {
        auto work = begin();
        EXPECT_EQ(add(*work, 1).sqlstate, "23505");
        EXPECT_EQ(add(*work, 2).sqlstate, "25P02") << "it is aborted";
    }
    await_all_back();
    EXPECT_EQ(sessions.idle(), 1U);
    EXPECT_EQ(sql(count_sessions("state <> 'idle'")), "0");
    auto next = begin();
    EXPECT_EQ(add(*next, 2).failed, std::nullopt);
    run(next->commit(after(10s)));
    EXPECT_EQ(things(), "2");
}

TEST_F(postgres_transaction, a_commit_after_a_failure_says_that_it_was_none) {
    auto work = begin();
    add(*work, 1);
    add(*work, 1);
    const auto end = end_of(work->commit(after(10s)));
    EXPECT_EQ(end.failed, fault::refused);
    EXPECT_EQ(end.sqlstate, "25P02");
    EXPECT_EQ(things(), "0");
    EXPECT_EQ(sessions.idle(), 1U);
}

TEST_F(postgres_transaction, begin_goes_out_with_the_first_statement) {
    auto work = begin();
    EXPECT_EQ(sql(count_sessions("query ILIKE 'begin%'")), "0") << "nothing was sent yet";
    add(*work, 1);
    EXPECT_EQ(sql(count_sessions("state = 'idle in transaction' AND query LIKE 'INSERT%'")), "1");
    run(work->rollback(after(10s)));
}

TEST_F(postgres_transaction, a_commit_killed_while_it_runs_is_in_doubt) {
    make_commits_wait();
    const auto holder = open();
    run(holder->run("SELECT pg_advisory_lock(1)", after(10s)));
    for (const bool together : {false, true}) {
        auto work = begin();
        if (!together) add(*work, 1);
        tests::ending end;
        task_group group(io.get_executor());
        group.spawn(
            together ? tests::note(
                           tests::one(work->execute_and_commit(add_thing, params().add(1), after(20s))), end)
                     : tests::note(tests::none(work->commit(after(20s))), end));
        await_blocked(1);
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
        run(group.join());
        EXPECT_EQ(end.failed, fault::in_doubt) << end.text;
        EXPECT_THAT(end.text, HasSubstr("commit"));
        work = nullptr;
        await_all_back();
        EXPECT_EQ(sessions.idle(), 0U);
    }
}

TEST_F(postgres_transaction, a_session_lost_before_the_commit_has_done_nothing) {
    auto work = begin();
    add(*work, 1);
    terminate_sessions();
    const auto end = add(*work, 2);
    EXPECT_EQ(end.failed, fault::unavailable) << end.text;
    EXPECT_EQ(end_of(work->commit(after(10s))).failed, fault::unavailable);
    EXPECT_EQ(things(), "0");
    EXPECT_EQ(sessions.on_loan(), 0U);
}

TEST_F(postgres_transaction, a_server_out_of_patience_with_an_idle_transaction_has_undone_it) {
    auto work = begin();
    constexpr statement hurry{"", "SELECT set_config('idle_in_transaction_session_timeout', '50ms', true)"};
    run(work->execute(hurry, params(), after(10s)));
    add(*work, 1);
    await_sql(count_sessions("true"), "0");
    const auto end = end_of(work->commit(after(10s)));
    EXPECT_EQ(end.failed, fault::refused) << end.text;
    EXPECT_EQ(end.sqlstate, "25P03");
    EXPECT_EQ(things(), "0");
    EXPECT_EQ(sessions.idle(), 0U);
}

}  // namespace
}  // namespace dibs::postgres
