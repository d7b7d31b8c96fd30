#include "tests/support/postgres_test.hpp"
#include "tests/support/silent_relay.hpp"

#include <array>

namespace dibs::postgres {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::ending;
using tests::run_task;

constexpr statement one_row{"one_row", "SELECT 1"};
constexpr statement add_thing{"add_thing", "INSERT INTO things VALUES ($1)"};
constexpr statement wait_long{"wait_long", "SELECT pg_sleep(60)"};

/// A server of its own, to kill.
class postgres_outage : public testing::Test {
   protected:
    postgres_outage() { server.start(); }

    ending end_of(task<std::vector<result>> work) {
        ending end;
        run_task(io, tests::note(std::move(work), end));
        return end;
    }
    ending ask(pool& on, const statement& what = one_row, params values = {}) {
        return end_of(tests::one(on.execute(what, std::move(values), after(10s))));
    }
    /// Runs `work` until `which` sessions of ours are `wanted` on the server.
    void await_sessions(const std::string& which, const std::string& wanted) {
        const auto text =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dibs' AND " + which;
        const auto until = after(20s);
        while (tests::run_sql(server.url(), text) != wanted) {
            if (steady::now() > until) throw std::runtime_error("not " + wanted + " sessions with " + which);
            io.restart();
            io.poll();
        }
    }

    sandbox::supervisor box;
    sandbox::postgres_cluster server{box};
    asio::io_context io{1};
};

TEST_F(postgres_outage, errors_are_clear_while_the_server_is_away_and_all_is_well_after) {
    pool sessions(io.get_executor(), server.url(), {.size = 3, .reconnect_pause = 50ms});
    EXPECT_EQ(ask(sessions).failed, std::nullopt);
    std::array<ending, 3> under_way;
    task_group group(io.get_executor());
    for (auto& end : under_way)
        group.spawn(tests::note(tests::one(sessions.execute(wait_long, params(), after(60s))), end));
    await_sessions("wait_event = 'PgSleep'", "3");
    server.kill();
    run_task(io, group.join());
    for (const auto& end : under_way) EXPECT_EQ(end.failed, fault::in_doubt) << end.text;

    for (int i = 0; i < 20; ++i) {
        const auto end = ask(sessions);
        EXPECT_EQ(end.failed, fault::unavailable);
        EXPECT_THAT(end.text, HasSubstr("postgresql /")) << "says which server";
        EXPECT_THAT(end.text, HasSubstr("Is the server running"));
    }
    EXPECT_EQ(sessions.on_loan(), 0U);

    server.start();
    const auto until = after(10s);
    while (ask(sessions).failed && steady::now() < until) {
    }
    for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(sessions).failed, std::nullopt);
}

TEST_F(postgres_outage, a_restart_between_two_statements_goes_unnoticed) {
    pool sessions(io.get_executor(), server.url(), {.size = 3});
    EXPECT_EQ(ask(sessions).failed, std::nullopt);
    server.kill();
    server.start();
    EXPECT_EQ(ask(sessions).failed, std::nullopt);
    server.stop();
    server.start();
    EXPECT_EQ(ask(sessions).failed, std::nullopt);
}

TEST_F(postgres_outage, a_transaction_loses_its_server) {
    tests::run_sql(server.url(), "CREATE TABLE things (id bigint PRIMARY KEY)");
    pool sessions(io.get_executor(), server.url(), {.size = 1});
    {
        auto work = run_task(io, tests::kept(transaction::begin(sessions, after(10s))));
        EXPECT_EQ(end_of(tests::one(work->execute(add_thing, params().add(1), after(10s)))).failed,
                  std::nullopt);
        server.kill();
        // Whether the kernel has taken the COMMIT for a server that is no more cannot be told.
        EXPECT_EQ(end_of(tests::none(work->commit(after(10s)))).failed, fault::in_doubt);
    }
    server.start();
    EXPECT_EQ(tests::run_sql(server.url(), "SELECT count(*) FROM things"), "0");
}

TEST_F(postgres_outage, an_answer_lost_on_the_way_hides_a_commit_that_was_done) {
    tests::run_sql(server.url(), "CREATE TABLE things (id bigint PRIMARY KEY)");
    tests::silent_relay relay(io.get_executor(), box.folder() / "relay", server.url());
    task_group group(io.get_executor());
    group.spawn(relay.serve());
    pool sessions(io.get_executor(), relay.url(), {.size = 1});
    auto work = run_task(io, tests::kept(transaction::begin(sessions, after(10s))));
    EXPECT_EQ(end_of(tests::one(work->execute(add_thing, params().add(1), after(10s)))).failed, std::nullopt);
    relay.fall_silent();
    ending end;
    group.spawn(tests::note(tests::none(work->commit(after(20s))), end));
    await_sessions("state = 'idle' AND query = 'COMMIT'", "1");
    relay.cut();
    run_task(io, group.join());
    EXPECT_EQ(end.failed, fault::in_doubt) << end.text;
    EXPECT_EQ(tests::run_sql(server.url(), "SELECT count(*) FROM things"), "1");
}

TEST(postgres_password, a_wrong_one_is_unavailable_in_the_words_of_the_server) {
    sandbox::supervisor box;
    sandbox::postgres_cluster server(box, {.at = sandbox::address::loopback});
    server.start();
    asio::io_context io{1};
    pool right(io.get_executor(), server.url(), {});
    ending end;
    run_task(io, tests::note(tests::one(right.execute(one_row, params(), after(10s))), end));
    EXPECT_EQ(end.failed, std::nullopt) << "over TCP with a password: " << end.text;

    auto url = server.url();
    url.insert(url.find('@'), "wrong");
    pool wrong(io.get_executor(), url, {});
    run_task(io, tests::note(tests::one(wrong.execute(one_row, params(), after(10s))), end));
    EXPECT_EQ(end.failed, fault::unavailable);
    EXPECT_THAT(end.text, HasSubstr("password authentication failed for user \"postgres\""));
    EXPECT_THAT(end.text, HasSubstr("postgresql 127.0.0.1 "));
}

}  // namespace
}  // namespace dibs::postgres
