#include "core/timeout.hpp"
#include "tests/support/postgres_test.hpp"

namespace dibs::postgres {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr statement echo{"echo", "SELECT $1::text, $2::bigint, $3::text IS NULL"};
constexpr statement add_thing{"add_thing", "INSERT INTO things (id, name) VALUES ($1, $2)"};
constexpr statement count_things{"count_things", "SELECT count(*) FROM things"};
constexpr statement touch_thing{"touch_thing", "UPDATE things SET name = name WHERE id = $1"};
constexpr statement wait_long{"", "SELECT pg_sleep(10)"};

class postgres_connection : public tests::postgres_test {
   protected:
    postgres_connection() {
        sql("CREATE TABLE things (id bigint CONSTRAINT things_numbered PRIMARY KEY, name text)");
    }
    result ask(connection& on, const statement& what, params values = {}) {
        return run(on.execute(what, std::move(values), after(10s)));
    }
    tests::ending end_of_asking(connection& on, const statement& what, params values = {}) {
        return end_of(on.execute(what, std::move(values), after(10s)));
    }
};

TEST_F(postgres_connection, brings_texts_numbers_and_null_there_and_back) {
    const auto session = open();
    for (const std::string text :
         {"plain", "", "'; DROP TABLE things; --", "한국어 ünï ☃ \U0001F511", "\\x00 \" $1 %s\n\t"}) {
        const auto row = ask(*session, echo, params().add(text).add(INT64_MIN).add_null());
        ASSERT_EQ(row.rows(), 1);
        EXPECT_EQ(row.text(0, 0), text);
        EXPECT_EQ(row.integer(0, 1), INT64_MIN);
        EXPECT_TRUE(row.truth(0, 2));
    }
    const auto row = ask(*session, echo, params().add_null().add_null().add("there"));
    EXPECT_EQ(row.optional_text(0, 0), std::nullopt);
    EXPECT_TRUE(row.is_null(0, 1));
    EXPECT_FALSE(row.truth(0, 2));
    EXPECT_THROW((void)row.integer(0, 1), error) << "NULL is no number";
    EXPECT_EQ(sql("SELECT count(*) FROM things"), "0") << "the table is still there";
}

TEST_F(postgres_connection, refuses_a_text_that_libpq_would_cut_off) {
    const auto session = open();
    const std::string cut("cut\0off", 7);
    EXPECT_EQ(end_of_asking(*session, add_thing, params().add(1).add(cut)).failed, fault::bad_input);
    EXPECT_EQ(ask(*session, count_things).integer(0, 0), 0) << "nothing was sent, the session goes on";
}

TEST_F(postgres_connection, tells_how_many_rows_it_changed) {
    const auto session = open();
    EXPECT_EQ(ask(*session, add_thing, params().add(1).add("one")).affected(), 1);
    EXPECT_EQ(ask(*session, touch_thing, params().add(1)).affected(), 1);
    EXPECT_EQ(ask(*session, touch_thing, params().add(2)).affected(), 0);
}

TEST_F(postgres_connection, prepares_a_statement_once) {
    const auto session = open();
    for (int i = 0; i < 3; ++i) ask(*session, count_things);
    constexpr statement prepared{"", "SELECT name, generic_plans + custom_plans FROM pg_prepared_statements"};
    const auto row = ask(*session, prepared);
    ASSERT_EQ(row.rows(), 1);
    EXPECT_EQ(row.text(0, 0), "count_things");
    EXPECT_EQ(row.integer(0, 1), 3);
}

TEST_F(postgres_connection, a_refusal_has_the_state_and_the_constraint_and_the_session_goes_on) {
    const auto session = open();
    ask(*session, add_thing, params().add(1).add("one"));
    const auto end = end_of_asking(*session, add_thing, params().add(1).add("again"));
    EXPECT_EQ(end.failed, fault::refused);
    EXPECT_EQ(end.sqlstate, "23505");
    EXPECT_EQ(end.constraint, "things_numbered");
    EXPECT_THAT(end.text, HasSubstr("add_thing: duplicate key"));
    EXPECT_THAT(end.text, HasSubstr("dibs: refused")) << "names the database";
    EXPECT_TRUE(session->usable());
    EXPECT_FALSE(session->in_transaction());
    EXPECT_EQ(ask(*session, count_things).integer(0, 0), 1);
}

TEST_F(postgres_connection, a_statement_that_could_not_be_prepared_can_be_later) {
    const auto session = open();
    constexpr statement of_later{"of_later", "SELECT count(*) FROM later"};
    EXPECT_EQ(end_of_asking(*session, of_later).sqlstate, "42P01");
    sql("CREATE TABLE later ()");
    EXPECT_EQ(ask(*session, of_later).integer(0, 0), 0);
}

TEST_F(postgres_connection, several_go_together_and_are_one_transaction) {
    const auto session = open();
    std::vector<query> together;
    together.emplace_back(add_thing, params().add(1).add("one"));
    together.emplace_back(add_thing, params().add(2).add("two"));
    together.emplace_back(count_things, params());
    const auto results = run(session->execute(together, after(10s)));
    ASSERT_EQ(results.size(), 3U);
    EXPECT_EQ(results.at(0).affected(), 1);
    EXPECT_EQ(results.at(2).integer(0, 0), 2);

    together.front() = query(add_thing, params().add(3).add("three"));
    const auto end = end_of(session->execute(together, after(10s)));
    EXPECT_EQ(end.sqlstate, "23505");
    EXPECT_EQ(sql("SELECT count(*) FROM things"), "2") << "3 was undone with 2";
    EXPECT_EQ(ask(*session, count_things).integer(0, 0), 2);
    EXPECT_TRUE(run(session->execute(std::vector<query>(), after(10s))).empty());
}

TEST_F(postgres_connection, questions_and_answers_larger_than_any_buffer_pass) {
    const auto session = open();
    const std::string large(3'000'000, 'x');
    std::vector<query> together;
    for (int i = 0; i < 4; ++i) together.emplace_back(echo, params().add(large).add(i).add_null());
    const auto results = run(session->execute(std::move(together), after(20s)));
    ASSERT_EQ(results.size(), 4U);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(results.at(static_cast<std::size_t>(i)).text(0, 0).size(), large.size());
        EXPECT_EQ(results.at(static_cast<std::size_t>(i)).integer(0, 1), i);
    }
}

TEST_F(postgres_connection, runs_a_script_and_tells_its_first_failure) {
    const auto session = open();
    run(session->run("CREATE TABLE a (); CREATE TABLE b ()", after(10s)));
    EXPECT_EQ(end_of(session->run("SELECT 1; CREATE TABLE a (); CREATE TABLE c ()", after(10s))).sqlstate,
              "42P07");
    EXPECT_EQ(sql("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"), "3");
    ask(*session, count_things);
}

TEST_F(postgres_connection, refuses_to_copy) {
    const auto session = open();
    EXPECT_EQ(end_of(session->run("COPY things FROM STDIN", after(10s))).failed, fault::bad_input);
    EXPECT_FALSE(session->usable());
}

TEST_F(postgres_connection, is_set_as_its_target_says_whatever_else_the_conninfo_sets) {
    target set = where();
    set.settings = {{"synchronous_commit", "remote_apply"}, {"lock_timeout", "7s"}};
    const auto session = run(connection::open(io.get_executor(), set, after(10s)));
    constexpr statement show{"",
                             "SELECT current_setting('synchronous_commit'), current_setting('lock_timeout'), "
                             "current_schema(), current_setting('application_name')"};
    const auto row = ask(*session, show);
    EXPECT_EQ(row.text(0, 0), "remote_apply");
    EXPECT_EQ(row.text(0, 1), "7s");
    EXPECT_EQ(row.text(0, 2), schema.name());
    EXPECT_EQ(row.text(0, 3), "dibs");
}

TEST_F(postgres_connection, the_deadline_ends_a_statement_and_its_session) {
    const auto session = open();
    const auto begin = steady::now();
    const auto end = end_of(session->execute(wait_long, params(), after(100ms)));
    EXPECT_EQ(end.failed, fault::timeout);
    EXPECT_THAT(end.text, HasSubstr("SELECT pg_sleep(10): no answer before the deadline"));
    EXPECT_GE(steady::now() - begin, 100ms);
    EXPECT_LT(steady::now() - begin, 5s);
    EXPECT_FALSE(session->usable());
    const auto later = end_of_asking(*session, count_things);
    EXPECT_EQ(later.failed, fault::unavailable);
    EXPECT_THAT(later.text, HasSubstr("not sent: the session was lost before"));
}

TEST_F(postgres_connection, what_comes_after_its_deadline_is_not_sent) {
    const auto session = open();
    EXPECT_EQ(end_of(session->execute(add_thing, params().add(1).add("late"), steady::now())).failed,
              fault::unavailable);
    EXPECT_TRUE(session->usable());
    EXPECT_EQ(ask(*session, count_things).integer(0, 0), 0);
}

TEST_F(postgres_connection, a_cancelled_statement_closes_its_session) {
    const auto session = open();
    EXPECT_FALSE(run(with_timeout(session->execute(wait_long, params(), after(10s)), after(100ms))));
    EXPECT_FALSE(session->usable());
    EXPECT_EQ(end_of_asking(*session, count_things).failed, fault::unavailable);
}

TEST_F(postgres_connection, a_statement_given_up_does_not_wait_on_for_a_row_and_then_write_it) {
    sql("INSERT INTO things VALUES (1, 'one')");
    const auto holder = open();
    run(holder->run("BEGIN; SELECT * FROM things FOR UPDATE", after(10s)));
    const auto session = open();
    constexpr statement rename{"rename", "UPDATE things SET name = 'changed' WHERE id = 1"};
    EXPECT_EQ(end_of(session->execute(rename, params(), after(100ms))).failed, fault::timeout);
    await_sql(count_sessions("state = 'active'"), "0");
    run(holder->run("COMMIT", after(10s)));
    EXPECT_EQ(sql("SELECT name FROM things"), "one");
}

TEST_F(postgres_connection, a_session_killed_under_its_statement_leaves_it_in_doubt) {
    const auto session = open();
    tests::ending end;
    task_group group(io.get_executor());
    group.spawn(tests::note(tests::one(session->execute(wait_long, params(), after(20s))), end));
    await_sql(count_sessions("wait_event = 'PgSleep'"), "1");
    terminate_sessions();
    run(group.join());
    EXPECT_EQ(end.failed, fault::in_doubt);
    EXPECT_THAT(end.text, HasSubstr("administrator command"));
    EXPECT_FALSE(session->usable());
}

TEST_F(postgres_connection, sees_that_an_idle_session_was_ended) {
    const auto session = open();
    ask(*session, count_things);
    EXPECT_TRUE(session->still_open());
    terminate_sessions();
    EXPECT_FALSE(session->still_open());
}

}  // namespace
}  // namespace dibs::postgres
