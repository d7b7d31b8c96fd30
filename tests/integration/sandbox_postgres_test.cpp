#include "tests/support/postgres_server.hpp"
#include "tests/support/processes.hpp"

#include <gmock/gmock.h>
#include <libpq-fe.h>

#include <memory>

namespace dibs::sandbox {
namespace {

using tests::run_sql;

TEST(sandbox_postgres, is_durable) {
    const auto url = tests::shared_postgres().url();
    EXPECT_EQ(run_sql(url, "SELECT current_database()"), "dibs");
    for (const std::string setting : {"fsync", "synchronous_commit", "full_page_writes"}) {
        EXPECT_EQ(run_sql(url, "SHOW " + setting), "on") << setting;
    }
}

TEST(sandbox_postgres, a_fresh_schema_is_empty_and_its_own) {
    const tests::fresh_schema one;
    const tests::fresh_schema other;
    run_sql(one.url(), "CREATE TABLE things (id int)");
    run_sql(other.url(), "CREATE TABLE things (id int)");
    EXPECT_EQ(run_sql(other.url(), "SELECT current_schema()"), other.name());
}

TEST(sandbox_postgres, keeps_what_it_committed_over_a_kill) {
    supervisor box;
    postgres_cluster server(box);
    server.start();
    const auto url = server.url();
    run_sql(url, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)");
    server.kill();
    EXPECT_FALSE(server.running());
    EXPECT_THROW(run_sql(url, "SELECT 1"), std::runtime_error);
    server.start();
    EXPECT_EQ(server.url(), url);
    EXPECT_EQ(run_sql(url, "SELECT id FROM kept"), "42");
    server.stop();
    server.start();
    EXPECT_EQ(run_sql(url, "SELECT id FROM kept"), "42");
}

TEST(sandbox_postgres, leaves_no_orphan_at_work_after_a_kill) {
    supervisor box;
    postgres_cluster server(box);
    server.start();
    const std::unique_ptr<PGconn, decltype(&PQfinish)> busy(PQconnectdb(server.url().c_str()), PQfinish);
    // Computing, it does not notice that its postmaster has gone.
    ASSERT_EQ(PQsendQuery(busy.get(), "SELECT count(*) FROM generate_series(1, 1000000000000)"), 1);
    const auto children = tests::descendants_of(server.pid());
    server.kill();
    EXPECT_THAT(tests::await_gone(children, clock::now() + std::chrono::seconds(60)), testing::IsEmpty());
    server.start();
    EXPECT_EQ(run_sql(server.url(), "SELECT 1"), "1");
}

TEST(sandbox_postgres, a_loopback_port_asks_for_the_password_of_its_url) {
    supervisor box;
    postgres_cluster server(box, {.at = address::loopback});
    server.start();
    EXPECT_EQ(run_sql(server.url(), "SELECT 1"), "1");
    auto without = server.url();
    without.erase(without.find(':', 12), 33);
    EXPECT_THROW(run_sql(without, "SELECT 1"), std::runtime_error) << without;
}

TEST(sandbox_postgres, a_wrong_setting_is_told_with_the_log) {
    supervisor box;
    postgres_cluster server(box, {.settings = {"no_such_setting=1"}});
    try {
        server.start();
        FAIL() << "it started";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("no_such_setting"));
    }
}

}  // namespace
}  // namespace dibs::sandbox
