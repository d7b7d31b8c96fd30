// What `dibs serve` tells those who run it: metrics and logs.
#include "sandbox/redis_server.hpp"
#include "tests/support/coupon_client.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/serve_trial.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <sstream>

namespace dibs::tests {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class serve_operations : public testing::Test {
   protected:
    void SetUp() override { redis.start(); }
    void start(std::vector<std::string> more, const variables& set = {}) {
        std::vector<std::string> words{"--redis", redis.url(), "--postgres",        schema.url(),
                                       "--port",  "0",         "--coupon",          "t:CODE:2",
                                       "--wait",  "1s",        "--metrics-address", "0"};
        words.insert(words.end(), more.begin(), more.end());
        serve = start_serve(box, words, set);
        client.emplace(port_after(serve, listening_at_port));
        operations.emplace(port_after(serve, metrics_at_port));
    }
    std::string metrics() const { return operations->get("/metrics").text; }
    /// Releases, for one, end after the answer to their claim.
    void await_metric(const std::string& line) const {
        const auto until = sandbox::clock::now() + std::chrono::seconds(20);
        std::string text;
        do text = metrics();
        while (text.find("\n" + line + "\n") == std::string::npos && sandbox::clock::now() < until);
        EXPECT_THAT(text, HasSubstr("\n" + line + "\n"));
    }
    std::string log_to_its_end() {
        serve.signal(SIGTERM);
        auto text = serve.read_all_errors(sandbox::clock::now() + std::chrono::minutes(1));
        EXPECT_EQ(end_of(serve).code(), 0);
        return text;
    }

    sandbox::supervisor box;
    sandbox::redis_server redis{box};
    fresh_schema schema;
    sandbox::process serve;
    std::optional<coupon_client> client, operations;
};

TEST_F(serve_operations, are_of_one_process_alone) {
    start({});
    auto second = start_serve(box, {"--redis", redis.url(), "--postgres", schema.url(), "--port", "0",
                                    "--metrics-address", std::to_string(operations->port())});
    EXPECT_EQ(end_of(second).code(), 1);
    EXPECT_THAT(second.read_all_errors(sandbox::clock::now() + std::chrono::seconds(5)),
                HasSubstr("another program listens there"));
}

TEST_F(serve_operations, counts_what_becomes_of_claims_and_their_locks) {
    start({});
    const auto ann = client->sign_up("ann");
    EXPECT_EQ(client->claim({ann, "t", "queue"}).status, 201);
    EXPECT_EQ(client->claim({client->sign_up("bob"), "t", "batch"}).status, 201);
    EXPECT_EQ(client->claim({client->sign_up("cy"), "t", "cas"}).status, 409);
    await_metric(R"(dibs_claims_total{outcome="issued",strategy="queue"} 1)");
    await_metric(R"(dibs_claims_total{outcome="issued",strategy="batch"} 1)");
    await_metric(R"(dibs_claims_total{outcome="sold_out",strategy="cas"} 1)");
    await_metric(R"(dibs_claim_seconds_count{strategy="queue"} 1)");
    await_metric(R"(dibs_lock_wait_seconds_count{algorithm="queue",outcome="granted"} 1)");
    await_metric(R"(dibs_lock_hold_seconds_count{algorithm="queue"} 1)");
    await_metric("dibs_batch_claims_count 1");
}

TEST_F(serve_operations, counts_requests_by_route_and_status) {
    start({});
    client->sign_up("ann");
    for (const char* id : {"t", "none", "other"}) client->get(std::string("/api/coupons/") + id);
    client->get("/nowhere");
    await_metric(R"(dibs_http_requests_total{code="201",route="/api/auth/signup"} 1)");
    await_metric(R"(dibs_http_requests_total{code="200",route="/api/coupons/{id}"} 1)");
    await_metric(R"(dibs_http_requests_total{code="404",route="/api/coupons/{id}"} 2)");
    await_metric(R"(dibs_http_requests_total{code="404",route="none"} 1)");
    await_metric(R"(dibs_http_request_seconds_count{route="/api/coupons/{id}"} 3)");
}

TEST_F(serve_operations, counts_who_is_let_in_and_who_is_not) {
    start(
        {"--rate-limit-user", "0.001/s", "--rate-limit-address", "0.001/s", "--trusted-proxy", "127.0.0.1"});
    const auto from = [](const std::string& address) { return "X-Forwarded-For: " + address; };
    const auto sign_up = [&](const std::string& address, const std::string& key) {
        return client->post("/api/auth/signup",
                            R"({"email":"ann@test","name":"Ann","idempotencyKey":")" + key + R"("})",
                            {from(address)});
    };
    const auto ann = sign_up("192.0.2.1", "1");
    ASSERT_EQ(ann.status, 201) << ann.text;
    EXPECT_EQ(sign_up("192.0.2.1", "1").problem(), "rate-limited");
    EXPECT_EQ(sign_up("192.0.2.2", "2").problem(), "email-taken");
    const std::string token(ann.data().at("accessToken").as_string());
    const auto my_coupons = [&](const std::string& address, const std::string& with) {
        return client->get("/api/me/coupons", {from(address), coupon_client::bearer(with)}).status;
    };
    EXPECT_EQ(my_coupons("192.0.2.3", token), 200);
    EXPECT_EQ(my_coupons("192.0.2.4", token), 429);
    EXPECT_EQ(my_coupons("192.0.2.5", token + "x"), 401);
    EXPECT_EQ(my_coupons("192.0.2.6", "no-token"), 401);
    await_metric(R"(dibs_sign_ins_total{outcome="done",way="sign_up"} 1)");
    await_metric(R"(dibs_sign_ins_total{outcome="email_taken",way="sign_up"} 1)");
    await_metric(R"(dibs_rate_limited_total{by="address"} 1)");
    await_metric(R"(dibs_rate_limited_total{by="user"} 1)");
    await_metric(R"(dibs_tokens_rejected_total{reason="signature"} 1)");
    await_metric(R"(dibs_tokens_rejected_total{reason="malformed"} 1)");
}

TEST_F(serve_operations, tells_of_its_sessions_and_its_process_on_a_port_of_their_own) {
    start({});
    const auto answer = operations->get("/metrics");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.head, HasSubstr("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    for (const char* line : {"dibs_postgres_sessions\\{state=\"in_use\"\\} 0",
                             "dibs_postgres_sessions\\{state=\"idle\"\\} [1-9]", "dibs_postgres_waiting 0",
                             "dibs_http_connections 0", "process_resident_memory_bytes [1-9]",
                             "process_cpu_seconds_total [0-9.e-]*[1-9]", "process_open_fds [1-9]",
                             "process_start_time_seconds 1", "dibs_build_info\\{version=\"[0-9]"})
        EXPECT_THAT(answer.text, ContainsRegex(std::string("\n") + line));
    EXPECT_EQ(client->get("/metrics").status, 404);
    EXPECT_EQ(operations->get("/healthz").status, 200);
    EXPECT_EQ(operations->get("/api/coupons").status, 404);
}

TEST_F(serve_operations, logs_one_json_object_a_line_without_secrets) {
    const std::string key = "a-token-key-of-at-least-32-bytes!";
    start({"--log-level", "debug", "--log-format", "json", "--access-log"}, {{"DIBS_TOKEN_KEY", key}});
    const std::string password = "geheimes-passwort";
    const auto account = client->post("/api/auth/signup", R"({"email":"ann@test","name":"Ann","password":")" +
                                                              password + R"(","idempotencyKey":"1"})");
    ASSERT_EQ(account.status, 201) << account.text;
    const std::string token(account.data().at("accessToken").as_string());
    const std::string refresh(account.data().at("refreshToken").as_string());
    EXPECT_EQ(client->claim({token, "t", "queue"}).status, 201);
    EXPECT_EQ(client->get("/api/coupons/%0d%0aforged?" + token).status, 404);
    const std::string trace = "0af7651916cd43dd8448eb211c80319c";
    client->get("/api/coupons/t",
                {"X-Request-Id: my-own", "traceparent: 00-" + trace + "-b7ad6b7169203331-01"});
    redis.kill();
    EXPECT_EQ(client->claim({client->sign_up("bob"), "t", "queue"}).status, 503);
    const auto log = log_to_its_end();
    std::istringstream lines(log);
    int warnings = 0, requests = 0;
    for (std::string line; std::getline(lines, line);) {
        boost::system::error_code wrong;
        const auto entry = boost::json::parse(line, wrong);
        ASSERT_FALSE(wrong) << line;
        EXPECT_THAT(std::string(entry.at("time").as_string()), ContainsRegex("^20.*T.*Z$"));
        warnings += entry.at("level") == "warning" ? 1 : 0;
        if (entry.at("message") != "request") continue;
        ++requests;
        EXPECT_FALSE(entry.at("request_id").as_string().empty());
        if (entry.at("request_id") != "my-own") continue;
        EXPECT_EQ(entry.at("trace_id"), boost::json::value(trace));
        EXPECT_EQ(entry.at("path"), "/api/coupons/t");
        EXPECT_EQ(entry.at("status"), 200);
    }
    EXPECT_GT(warnings, 0);
    EXPECT_EQ(requests, 6);
    EXPECT_THAT(log, HasSubstr("my-own"));
    for (const auto& secret : {key, password, token, refresh, std::string("CODE")})
        EXPECT_THAT(log, Not(HasSubstr(secret)));
}

TEST_F(serve_operations, logs_text_when_told_to) {
    start({"--log-format", "text"});
    redis.kill();
    EXPECT_EQ(client->claim({client->sign_up("bob"), "t", "queue"}).status, 503);
    EXPECT_THAT(log_to_its_end(), ContainsRegex("\\[warning\\] answered 503"));
}

TEST_F(serve_operations, offers_only_the_strategies_it_is_told_to) {
    start({"--strategies", "cas,queue", "--log-format", "text"});
    const auto ann = client->sign_up("ann");
    for (const char* other : {"batch", "pubsub", "database"})
        EXPECT_EQ(client->claim({ann, "t", other}).problem(), "unknown-strategy") << other;
    EXPECT_EQ(client->claim({ann, "t", "cas"}).status, 201);
    EXPECT_EQ(client->get("/healthz").data().at("strategies"), boost::json::value({"queue", "cas"}));
}

}  // namespace
}  // namespace dibs::tests
