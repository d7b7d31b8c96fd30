#include "core/timeout.hpp"
#include "tests/support/postgres_test.hpp"

namespace dibs::postgres {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr statement one_row{"one_row", "SELECT 1"};

class postgres_pool : public tests::postgres_test {
   protected:
    std::unique_ptr<pool::loan> acquire(pool& from) { return run(tests::kept(from.acquire(after(10s)))); }
    tests::ending ask(pool& on) { return end_of(on.execute(one_row, params(), after(10s))); }
    static std::int64_t row_number(const tests::ending& of) { return of.rows.front().integer(0, 0); }

    pool sessions{io.get_executor(), where(), {.size = 2}};
};

TEST_F(postgres_pool, connects_on_demand_and_keeps_its_sessions) {
    EXPECT_EQ(sessions.idle(), 0U);
    {
        const auto first = acquire(sessions);
        EXPECT_EQ(sessions.on_loan(), 1U);
        const auto second = acquire(sessions);
        EXPECT_EQ(sessions.on_loan(), 2U);
        EXPECT_EQ(sql(count_sessions("true")), "2");
    }
    EXPECT_EQ(sessions.on_loan(), 0U);
    EXPECT_EQ(sessions.idle(), 2U);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(sessions).failed, std::nullopt);
    EXPECT_EQ(sql(count_sessions("true")), "2");
}

TEST_F(postgres_pool, has_a_bound_and_a_deadline) {
    const auto first = acquire(sessions);
    const auto second = acquire(sessions);
    const auto begin = steady::now();
    const auto end = end_of(sessions.execute(one_row, params(), after(100ms)));
    EXPECT_EQ(end.failed, fault::exhausted);
    EXPECT_THAT(end.text, HasSubstr("none of 2 sessions was free before the deadline"));
    EXPECT_GE(steady::now() - begin, 100ms);
    EXPECT_EQ(sessions.waiting(), 0U);
}

TEST_F(postgres_pool, serves_in_order_of_arrival) {
    pool narrow(io.get_executor(), where(), {.size = 1, .waiting = 3});
    std::vector<int> served;
    std::vector<event> leave;
    for (int i = 0; i < 4; ++i) leave.emplace_back(io.get_executor());
    const auto visit_narrow = [&](int who, event& gone) -> task<void> {
        const auto session = co_await narrow.acquire(after(10s));
        served.push_back(who);
        co_await gone.wait();
    };
    task_group group(io.get_executor());
    for (int i = 0; i < 4; ++i) group.spawn(visit_narrow(i, leave.at(static_cast<std::size_t>(i))));
    const auto until = after(10s);
    io.restart();
    while (served.empty() && steady::now() < until) io.run_one_for(10ms);
    EXPECT_THAT(served, ElementsAre(0));
    EXPECT_EQ(narrow.waiting(), 3U);
    EXPECT_EQ(ask(narrow).failed, fault::exhausted) << "as many wait as may";
    for (auto& gone : leave) gone.set();
    run(group.join());
    EXPECT_THAT(served, ElementsAre(0, 1, 2, 3));
    EXPECT_EQ(narrow.idle(), 1U);
}

TEST_F(postgres_pool, a_cancelled_waiter_leaves_no_trace) {
    auto first = acquire(sessions);
    const auto second = acquire(sessions);
    EXPECT_FALSE(run(with_timeout(tests::kept(sessions.acquire(after(10s))), after(50ms))));
    EXPECT_EQ(sessions.waiting(), 0U);
    first = nullptr;
    EXPECT_EQ(ask(sessions).failed, std::nullopt);
}

TEST_F(postgres_pool, sessions_ended_while_idle_are_replaced_unnoticed) {
    {
        const auto first = acquire(sessions);
        const auto second = acquire(sessions);
    }
    for (int i = 0; i < 3; ++i) {
        terminate_sessions();
        EXPECT_EQ(ask(sessions).failed, std::nullopt);
    }
    EXPECT_EQ(sql(count_sessions("true")), "1");
}

TEST_F(postgres_pool, a_session_that_failed_is_not_lent_again) {
    constexpr statement wait_long{"", "SELECT pg_sleep(10)"};
    EXPECT_EQ(end_of(sessions.execute(wait_long, params(), after(50ms))).failed, fault::timeout);
    EXPECT_EQ(sessions.idle(), 0U);
    EXPECT_EQ(ask(sessions).failed, std::nullopt);
}

TEST_F(postgres_pool, a_session_left_in_a_transaction_is_not_lent_again) {
    {
        const auto session = acquire(sessions);
        run((*session)->run("BEGIN", after(10s)));
    }
    EXPECT_EQ(sessions.idle(), 0U);
}

TEST_F(postgres_pool, several_statements_go_as_one_transaction) {
    sql("CREATE TABLE things (id bigint PRIMARY KEY)");
    constexpr statement add{"add", "INSERT INTO things VALUES ($1)"};
    std::vector<query> together;
    together.emplace_back(add, params().add(1));
    together.emplace_back(add, params().add(1));
    EXPECT_EQ(end_of(sessions.execute(std::move(together), after(10s))).sqlstate, "23505");
    EXPECT_EQ(sql("SELECT count(*) FROM things"), "0");
}

TEST_F(postgres_pool, is_closed_once_and_for_all) {
    auto lent = acquire(sessions);
    ask(sessions);
    sessions.close();
    EXPECT_EQ(sessions.idle(), 0U);
    EXPECT_EQ(ask(sessions).failed, fault::closed);
    EXPECT_EQ(row_number(end_of((*lent)->execute(one_row, params(), after(10s)))), 1);
    lent = nullptr;
    EXPECT_EQ(sessions.idle(), 0U);
    await_sql(count_sessions("true"), "0");
}

TEST_F(postgres_pool, an_unknown_database_is_unavailable_in_the_words_of_the_server) {
    pool wrong(io.get_executor(), tests::shared_postgres().url_of("nowhere"), {});
    const auto end = ask(wrong);
    EXPECT_EQ(end.failed, fault::unavailable);
    EXPECT_THAT(end.text, HasSubstr("database \"nowhere\" does not exist"));
    EXPECT_THAT(end.text, testing::StartsWith("postgresql /"));
}

TEST_F(postgres_pool, a_port_without_a_server_is_unavailable) {
    pool wrong(io.get_executor(), "postgresql://me:secret@127.0.0.1:1/dibs", {});
    const auto end = ask(wrong);
    EXPECT_EQ(end.failed, fault::unavailable);
    EXPECT_THAT(end.text, HasSubstr("postgresql 127.0.0.1 1 dibs: unavailable: connect"));
    EXPECT_THAT(end.text, HasSubstr("Connection refused"));
    EXPECT_THAT(end.text, testing::Not(HasSubstr("secret")));
}

TEST_F(postgres_pool, a_caller_in_a_hurry_does_not_make_the_others_wait) {
    pool fresh(io.get_executor(), where(), {.size = 2, .reconnect_pause = 1h});
    EXPECT_EQ(end_of(fresh.execute(one_row, params(), steady::now())).failed, fault::unavailable);
    EXPECT_EQ(ask(fresh).failed, std::nullopt);
}

}  // namespace
}  // namespace dibs::postgres
