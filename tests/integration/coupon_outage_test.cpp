// `dibs serve` whose servers are away, or go.
#include "sandbox/postgres_cluster.hpp"
#include "sandbox/redis_server.hpp"
#include "tests/support/coupon_client.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/processes.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <map>
#include <optional>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class coupon_outage : public testing::Test {
   protected:
    sandbox::supervisor box;
    sandbox::redis_server redis{box};
    sandbox::postgres_cluster postgres{box};

    void SetUp() override {
        redis.launch();
        postgres.start();
        redis.await_ready();
    }
    serve_process serve(const std::string& port = "0") {
        return {box,
                {"--redis", redis.url(), "--postgres", postgres.url(), "--port", port, "--coupon",
                 "t:CODE:1000", "--wait", "2s"}};
    }
    /// Claims until it is issued; the service has a minute to find its servers again.
    static void await_issued(const coupon_client& client, const coupon_client::wish& what) {
        api_answer last;
        for (const auto until = sandbox::clock::now() + 60s; sandbox::clock::now() < until;) {
            last = client.claim(what);
            if (last.status == 201) return;
        }
        ADD_FAILURE() << last.text;
    }
};

std::int64_t issued(const coupon_client& client) {
    return client.get("/api/coupons/t").data().at("issued").as_int64();
}

/// All claim at once; the ids that were acknowledged, by token.
std::map<std::string, std::int64_t> claim_all(const coupon_client& client,
                                              const std::vector<std::string>& tokens,
                                              const std::string& strategy) {
    std::vector<std::future<api_answer>> coming;
    for (const auto& token : tokens)
        coming.push_back(std::async(std::launch::async, [&] {
            return client.claim({token, "t", strategy});
        }));
    std::map<std::string, std::int64_t> acknowledged;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto answer = coming[i].get();
        if (answer.status == 201)
            acknowledged[tokens[i]] = answer.data().at("id").as_int64();
        else
            EXPECT_EQ(answer.status, 503) << answer.text;
    }
    return acknowledged;
}

TEST_F(coupon_outage, goes_on_without_redis_where_it_can_and_finds_it_again) {
    auto service = serve();
    const coupon_client client(service.port());
    std::vector<std::string> tokens;
    for (const char* name : {"ann", "bob", "cy", "di"}) tokens.push_back(client.sign_up(name));
    EXPECT_EQ(client.claim({tokens[0], "t", "queue"}).status, 201);
    redis.kill();
    const auto refused = client.claim({tokens[1], "t", "queue"});
    EXPECT_EQ(refused.status, 503) << refused.text;
    EXPECT_THAT(refused.head, HasSubstr("Retry-After: 1"));
    EXPECT_EQ(client.get("/readyz").status, 503);
    EXPECT_EQ(client.claim({tokens[2], "t", "database"}).status, 201);
    EXPECT_EQ(client.claim({tokens[3], "t", "cas"}).status, 201);
    redis.start();
    await_issued(client, {tokens[1], "t", "queue"});
    EXPECT_EQ(issued(client), 4);
    // It looks twice a second at most.
    for (const auto until = sandbox::clock::now() + 60s;
         client.get("/readyz").status != 200 && sandbox::clock::now() < until;) {
    }
    EXPECT_EQ(client.get("/readyz").status, 200);
}

TEST_F(coupon_outage, loses_no_claim_when_postgres_is_killed_and_finds_it_again) {
    auto service = serve();
    const coupon_client client(service.port());
    for (const std::string strategy : {"queue", "database", "cas"}) {
        std::vector<std::string> tokens;
        for (int i = 0; i < 40; ++i) tokens.push_back(client.sign_up(fmt::format("{}{}", strategy, i)));
        const coupon_client::wish first{tokens[0], "t", strategy};
        const auto before = issued(client);
        auto claiming = std::async(std::launch::async, [&] { return claim_all(client, tokens, strategy); });
        while (issued(client) == before) {
        }
        postgres.kill();
        const auto acknowledged = claiming.get();
        EXPECT_EQ(client.claim({tokens[0], "t", strategy}).status, 503);
        postgres.start();
        await_issued(client, first);
        for (const auto& token : tokens) {
            const auto again = client.claim({token, "t", strategy});
            ASSERT_EQ(again.status, 201) << again.text;
            const auto known = acknowledged.find(token);
            if (known == acknowledged.end()) continue;
            EXPECT_EQ(again.data().at("id").as_int64(), known->second) << "acknowledged, and kept";
        }
    }
    EXPECT_EQ(run_sql(postgres.url(), "SELECT issued FROM coupons WHERE id = 't'"), "120");
    EXPECT_EQ(run_sql(postgres.url(), "SELECT count(DISTINCT user_id) FROM claims"), "120");
}

TEST_F(coupon_outage, a_stop_waits_for_a_commit_that_is_under_way) {
    serve_process service(box, {"--redis", redis.url(), "--postgres", postgres.url(), "--port", "0",
                                "--coupon", "t:CODE:1000", "--stop-time", "0s"});
    const coupon_client client(service.port());
    const std::string token = client.sign_up("ann");
    run_sql(postgres.url(),
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_sleep(3); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON claims INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION wait()");
    auto claiming = std::async(std::launch::async, [&] {
        try {
            client.claim({token, "t", "database"});
        } catch (const std::exception&) {
        }
    });
    while (run_sql(postgres.url(), "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") ==
           "0") {
    }
    service.process().signal(SIGTERM);
    EXPECT_EQ(tests::end_of(service.process()).code(), 0) << service.errors();
    claiming.get();
    EXPECT_EQ(run_sql(postgres.url(), "SELECT issued FROM coupons WHERE id = 't'"), "1");
}

class coupon_start : public coupon_outage {
   protected:
    /// The status with which it ends, and what it says.
    struct end {
        std::optional<int> code;
        std::string errors;
    };
    static end end_of(serve_process& service) {
        const auto status = service.process().wait(sandbox::clock::now() + 60s);
        return {status ? status->code() : std::nullopt, service.errors()};
    }
};

TEST_F(coupon_start, says_which_server_is_away) {
    redis.kill();
    auto without_redis = serve();
    const auto no_redis = end_of(without_redis);
    EXPECT_EQ(no_redis.code, 1);
    EXPECT_THAT(no_redis.errors, HasSubstr("redis unix:" + redis.socket().string()));
    redis.start();
    postgres.stop();
    auto without_postgres = serve();
    const auto no_postgres = end_of(without_postgres);
    EXPECT_EQ(no_postgres.code, 1);
    EXPECT_THAT(no_postgres.errors, HasSubstr("postgres"));
}

TEST_F(coupon_start, says_that_the_port_is_another_programs) {
    boost::asio::io_context io;
    const boost::asio::ip::tcp::acceptor other(io, {boost::asio::ip::tcp::v4(), 0});
    const auto port = std::to_string(other.local_endpoint().port());
    auto service = serve(port);
    const auto ended = end_of(service);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.errors, HasSubstr(port));
}

TEST_F(coupon_start, ends_when_it_is_told_to_before_its_servers_have_answered) {
    redis.signal(SIGSTOP);
    auto program = sandbox::program(
        DIBS_PROGRAM, {"serve", "--redis", redis.url(), "--postgres", postgres.url(), "--port", "0"});
    program.environment.emplace_back("DIBS_TOKEN_KEY", serve_process::token_key);
    program.standard_error = sandbox::output::pipe();
    auto service = box.start(program);
    await_handler(service.pid(), SIGTERM);
    service.signal(SIGTERM);
    EXPECT_EQ(tests::end_of(service).code(), 0);
    EXPECT_EQ(service.read_all_errors(sandbox::clock::now() + 5s), "");
    redis.signal(SIGCONT);
}

TEST_F(coupon_start, says_how_to_call_it) {
    const auto refused = [&](const std::vector<std::string>& words, const std::string& hint) {
        serve_process service(box, words);
        const auto ended = end_of(service);
        EXPECT_EQ(ended.code, 2) << hint;
        EXPECT_THAT(ended.errors, HasSubstr(hint));
    };
    const auto servers = [&](std::vector<std::string> more) {
        more.insert(more.end(), {"--redis", redis.url(), "--postgres", postgres.url()});
        return more;
    };
    refused({}, "--sandbox");
    refused({"--redis", redis.url()}, "--postgres");
    refused({"--redis", "http://x", "--postgres", postgres.url()}, "redis://");
    refused(servers({"--coupon", "x"}), "ID:CODE:STOCK");
    refused(servers({"--strategy", "hope"}), "--strategy");
    refused(servers({"--wait", "10"}), "--wait");
    refused(servers({"--redlock", redis.url()}), "redlock");
    refused(servers({"--token-key-file", "/nowhere"}), "/nowhere");
    refused(servers({"--sandbox"}), "--sandbox");
}

}  // namespace
}  // namespace dibs::tests
