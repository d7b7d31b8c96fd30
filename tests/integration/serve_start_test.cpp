// Whether `dibs serve` starts, and how it stops.
#include "postgres/pool.hpp"
#include "postgres/transaction.hpp"
#include "redis/connection.hpp"
#include "sandbox/postgres_cluster.hpp"
#include "sandbox/redis_server.hpp"
#include "tests/support/coupon_client.hpp"
#include "tests/support/notify_socket.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/serve_trial.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <future>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

class serve_start : public testing::Test {
   protected:
    std::vector<std::string> words(const std::string& redis_url, const std::string& postgres_url) {
        return {"--redis", redis_url, "--postgres", postgres_url, "--port", "0", "--coupon", "t:CODE:1000"};
    }
    /// What it says when it must not start so, and that it starts when told to.
    std::string refusal(const std::string& redis_url, const std::string& postgres_url) {
        const auto how = run_serve(box, words(redis_url, postgres_url));
        EXPECT_EQ(how.status, 1) << how.errors;
        auto told = words(redis_url, postgres_url);
        told.emplace_back("--allow-unsafe");
        auto serve = start_serve(box, told);
        const coupon_client client(port_after(serve, listening_at_port));
        EXPECT_EQ(client.get("/readyz").status, 200);
        return how.errors;
    }
    sandbox::supervisor box;
};

TEST_F(serve_start, refuses_postgres_that_may_lose_what_it_acknowledged) {
    sandbox::redis_server redis(box);
    redis.start();
    sandbox::postgres_options options;
    options.settings = {"fsync=off", "full_page_writes=off", "synchronous_commit=off"};
    sandbox::postgres_cluster postgres(box, options);
    postgres.start();
    EXPECT_THAT(refusal(redis.url(), postgres.url()),
                AllOf(HasSubstr("fsync = off"), HasSubstr("full_page_writes = off"),
                      HasSubstr("synchronous_commit = off"), HasSubstr("--allow-unsafe")));
}

TEST_F(serve_start, refuses_a_connection_that_turns_off_what_the_server_keeps) {
    sandbox::redis_server redis(box);
    redis.start();
    const fresh_schema schema;
    EXPECT_THAT(refusal(redis.url(), schema.url() + "%20-csynchronous_commit%3Doff"),
                HasSubstr("the sessions of this service have synchronous_commit = off"));
}

TEST_F(serve_start, refuses_redis_that_may_evict_locks_but_not_one_without_a_limit) {
    const fresh_schema schema;
    sandbox::redis_options evicting;
    evicting.arguments = {"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"};
    sandbox::redis_server redis(box, evicting);
    redis.start();
    EXPECT_THAT(refusal(redis.url(), schema.url()), HasSubstr("maxmemory-policy = allkeys-lru"));
    sandbox::redis_options unlimited;
    unlimited.name = "unlimited";
    unlimited.arguments = {"--maxmemory-policy", "allkeys-lru"};
    sandbox::redis_server other(box, unlimited);
    other.start();
    auto serve = start_serve(box, words(other.url(), schema.url()));
    EXPECT_GT(port_after(serve, listening_at_port), 0);
}

TEST_F(serve_start, migrates_once_whatever_starts_at_once) {
    sandbox::redis_server redis(box);
    redis.start();
    for (int round = 0; round < 3; ++round) {
        const fresh_schema schema;
        std::vector<sandbox::process> all;
        for (int i = 0; i < 6; ++i) all.push_back(start_serve(box, words(redis.url(), schema.url())));
        for (auto& one : all) EXPECT_GT(port_after(one, listening_at_port), 0);
        const std::string versions =
            "SELECT count(*) || ' ' || count(DISTINCT version) || ' ' || max(version) "
            "FROM schema_versions";
        const auto newest = run_sql(schema.url(), "SELECT max(version) FROM schema_versions");
        EXPECT_EQ(run_sql(schema.url(), versions), fmt::format("{0} {0} {0}", newest));
        EXPECT_EQ(run_sql(schema.url(), "SELECT count(*) FROM coupons"), "1");
    }
}

class serve_on_servers : public serve_start {
   protected:
    void SetUp() override { redis.start(); }
    sandbox::process started() { return start_serve(box, words(redis.url(), schema.url())); }

    sandbox::redis_server redis{box};
    fresh_schema schema;
};

// An index of a table in use may take minutes. The answer's time is 5 s.
TEST_F(serve_on_servers, has_longer_for_a_migration_than_for_an_answer) {
    auto before = started();
    EXPECT_GT(port_after(before, listening_at_port), 0);
    run_sql(schema.url(), "DROP INDEX sessions_by_user; DELETE FROM schema_versions WHERE version = 4");
    asio::io_context io{1};
    postgres::pool sessions(io.get_executor(), schema.url());
    auto in_use = run_task(io, postgres::transaction::begin(sessions, after(10s)));
    run_task(io, in_use.execute({"", "LOCK TABLE sessions"}, {}, after(10s)));
    const auto await_lock = [this](const std::string& what) {
        while (run_sql(schema.url(), "SELECT count(*) FROM pg_locks WHERE " + what) == "0") {
        }
    };
    auto serve = started();
    await_lock("relation = 'sessions'::regclass AND NOT granted");
    auto waits_for_its_turn = started();
    await_lock("locktype = 'advisory' AND NOT granted");
    waits_for_its_turn.signal(SIGTERM);
    EXPECT_EQ(end_of(waits_for_its_turn).code(), 0);
    await_lock("relation = 'sessions'::regclass AND waitstart < clock_timestamp() - interval '5.5 s'");
    run_task(io, in_use.rollback(after(10s)));
    EXPECT_GT(port_after(serve, listening_at_port), 0);
    EXPECT_EQ(run_sql(schema.url(), "SELECT max(version) FROM schema_versions"), "4");
}

TEST_F(serve_on_servers, is_not_ready_where_the_schema_is_an_older_one) {
    auto serve = started();
    const coupon_client client(port_after(serve, listening_at_port));
    run_sql(schema.url(), "DELETE FROM schema_versions WHERE version > 1");
    const auto answer = client.get("/readyz");
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.text, HasSubstr("version 1 of"));
}

TEST_F(serve_on_servers, is_not_ready_where_redis_has_become_a_replica) {
    auto serve = started();
    const coupon_client client(port_after(serve, listening_at_port));
    EXPECT_EQ(client.get("/readyz").status, 200);
    asio::io_context io{1};
    redis::connection admin(io.get_executor(), redis::endpoint_from_url(redis.url()));
    run_task(io, admin.execute(redis::command("REPLICAOF").arg("127.0.0.1").arg("1"), after(10s)));
    const auto until = after(10s);  // what it saw last is told again for a while
    api_answer answer;
    do answer = client.get("/readyz");
    while (answer.status == 200 && steady::now() < until);
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.text, HasSubstr(R"("redis":"a replica")"));
}

class serve_stop : public serve_on_servers {};

TEST_F(serve_stop, tells_the_service_manager_and_drains_while_it_says_that_it_is_not_ready) {
    notify_socket manager(box.folder() / "notify");
    auto with = words(redis.url(), schema.url());
    with.insert(with.end(), {"--drain-time", "1m", "--metrics-address", "0"});
    auto serve = start_serve(box, with, {{"NOTIFY_SOCKET", manager.path()}});
    const coupon_client client(port_after(serve, listening_at_port));
    const coupon_client operator_of(port_after(serve, metrics_at_port));
    EXPECT_EQ(manager.next(), "READY=1");
    EXPECT_EQ(operator_of.get("/readyz").status, 200);
    serve.signal(SIGTERM);
    EXPECT_EQ(manager.next(), "STOPPING=1");
    for (const auto& one : {client, operator_of}) {
        const auto answer = one.get("/readyz");
        EXPECT_EQ(answer.status, 503);
        EXPECT_THAT(answer.text, HasSubstr(R"("process":"stopping")"));
    }
    EXPECT_EQ(client.claim({client.sign_up("ann"), "t", "queue"}).status, 201);
}

TEST_F(serve_stop, finishes_the_claims_under_way_and_loses_none) {
    auto serve = start_serve(box, words(redis.url(), schema.url()));
    const coupon_client client(port_after(serve, listening_at_port));
    std::vector<std::string> tokens;
    for (int i = 0; i < 40; ++i) tokens.push_back(client.sign_up(fmt::format("u{}", i)));
    std::vector<std::future<int>> answers;
    for (const auto& token : tokens)
        answers.push_back(std::async(std::launch::async, [&client, token] {
            try {
                return client.claim({token, "t", "queue"}).status;
            } catch (const boost::system::system_error&) {
                return 0;  // came after the ports were closed
            }
        }));
    while (run_sql(schema.url(), "SELECT issued > 2 FROM coupons") != "t") {
    }
    serve.signal(SIGTERM);
    int issued = 0;
    for (auto& answer : answers) {
        const int status = answer.get();
        EXPECT_TRUE(status == 201 || status == 0) << status;
        issued += status == 201 ? 1 : 0;
    }
    EXPECT_EQ(end_of(serve).code(), 0);
    EXPECT_EQ(run_sql(schema.url(), "SELECT count(*) FROM claims"), std::to_string(issued));
}

TEST_F(serve_stop, reads_its_token_keys_again_on_sighup) {
    auto with = words(redis.url(), schema.url());
    const auto file = file_in(box, "key", std::string(32, 'a'));
    with.insert(with.end(), {"--token-key-file", file, "--log-level", "info", "--log-format", "text"});
    auto serve = start_serve(box, with);
    const coupon_client client(port_after(serve, listening_at_port));
    const auto field = coupon_client::bearer(client.sign_up("ann"));
    EXPECT_EQ(client.get("/api/me/coupons", {field}).status, 200);
    file_in(box, "key", std::string(32, 'b'));
    serve.signal(SIGHUP);
    EXPECT_THAT(serve.read_error_line(sandbox::clock::now() + 1min).value_or(""),
                HasSubstr("was read again"));
    EXPECT_EQ(client.get("/api/me/coupons", {field}).status, 401);
    file_in(box, "key", "short");
    serve.signal(SIGHUP);
    EXPECT_THAT(serve.read_error_line(sandbox::clock::now() + 1min).value_or(""),
                HasSubstr("stays as it is"));
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);  // opens, and cannot be read
    serve.signal(SIGHUP);
    EXPECT_THAT(serve.read_error_line(sandbox::clock::now() + 1min).value_or(""),
                HasSubstr("stays as it is"));
    EXPECT_EQ(client.get("/healthz").status, 200);
    serve.signal(SIGTERM);
    EXPECT_EQ(end_of(serve).code(), 0);
}

TEST_F(serve_stop, starts_servers_of_its_own_though_nobody_can_be_told) {
    sandbox::program dibs(DIBS_PROGRAM, {"serve", "--sandbox", "--port", "0"});
    dibs.standard_output = sandbox::output::pipe();
    dibs.standard_error = sandbox::output::file("/dev/full");
    auto serve = box.start(dibs);
    const coupon_client client(port_after(serve, listening_at_port));
    EXPECT_EQ(client.get("/readyz").status, 200);
}

// The log's device is full, or who reads it has gone.
TEST_F(serve_stop, answers_though_its_log_cannot_be_written) {
    for (const char* log : {"2>/dev/full", "2> >(exec true); wait $!"}) {
        std::string line = "exec ";
        line += log;
        line += R"(; exec "$0" "$@")";
        std::vector<std::string> all{"-c", line, DIBS_PROGRAM, "serve", "--access-log"};
        for (const auto& word : words(redis.url(), schema.url())) all.push_back(word);
        sandbox::program dibs("/bin/bash", std::move(all));
        dibs.standard_output = sandbox::output::pipe();
        auto serve = box.start(dibs);
        const coupon_client client(port_after(serve, listening_at_port));
        EXPECT_EQ(client.get("/healthz").status, 200) << log;
        EXPECT_EQ(client.get("/healthz").status, 200) << log;
        serve.signal(SIGTERM);
        EXPECT_EQ(end_of(serve).code(), 0) << log;
    }
}

}  // namespace
}  // namespace dibs::tests
