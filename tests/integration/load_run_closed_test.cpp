// What users of the closed model send, and what is counted of them.
#include "load_runs.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include <set>
#include <string>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;
using tests::answer;

TEST_F(load_run, an_iteration_signs_up_and_claims_as_the_published_script) {
    run_to_its_end(short_run());
    ASSERT_GE(service.requests.size(), 2U);
    for (std::size_t i = 0; i + 1 < service.requests.size(); i += 2) {
        const auto& sign_up = service.requests[i];
        EXPECT_EQ(sign_up.path, sign_up_path);
        EXPECT_EQ(sign_up.authorization, "");
        EXPECT_EQ(sign_up.content_type, "application/json");
        const auto& claim = service.requests[i + 1];
        EXPECT_EQ(claim.path, claim_path_of_test);
        EXPECT_EQ(claim.authorization, "Bearer token-of-user-" + std::to_string(i / 2));
        EXPECT_EQ(claim.strategy, "queue");
        EXPECT_EQ(claim.content_type, "application/json");
        const auto body = boost::json::parse(claim.body);
        EXPECT_EQ(body.at("couponCode"), "K6LOADTEST");
        EXPECT_THAT(std::string(body.at("idempotencyKey").as_string()),
                    testing::StartsWith("issue_token-of-u"));
    }
}

TEST_F(load_run, every_iteration_is_another_user) {
    run_to_its_end(short_run(3));
    std::set<std::string> emails;
    std::set<std::string> keys;
    for (const auto& asked : service.requests) {
        if (asked.path != sign_up_path) continue;
        const auto body = boost::json::parse(asked.body);
        emails.emplace(body.at("email").as_string());
        keys.emplace(body.at("idempotencyKey").as_string());
        EXPECT_FALSE(body.as_object().contains("password"));
    }
    EXPECT_EQ(emails.size(), service.count(sign_up_path));
    EXPECT_EQ(keys.size(), service.count(sign_up_path));
}

TEST_F(load_run, password_and_strategy_are_sent_as_asked) {
    scenario what = short_run();
    what.does.registration = sign_up::with_password;
    what.does.strategy = "";
    run_to_its_end(what);
    ASSERT_GE(service.requests.size(), 2U);
    EXPECT_TRUE(boost::json::parse(service.requests[0].body).as_object().contains("password"));
    EXPECT_EQ(service.requests[1].strategy, "");
}

TEST_F(load_run, counts_are_exact) {
    const run_result done = run_to_its_end(short_run(3));
    const std::size_t sign_ups = service.count(sign_up_path);
    const std::size_t claims = service.count(claim_path_of_test);
    EXPECT_EQ(sign_ups, claims);
    EXPECT_EQ(counted(done, "iterations"), static_cast<double>(claims));
    EXPECT_EQ(counted(done, "http_reqs"), static_cast<double>(sign_ups + claims));
    EXPECT_GT(counted(done, "data_sent"), 100.0 * static_cast<double>(sign_ups));
    EXPECT_GT(counted(done, "data_received"), 100.0 * static_cast<double>(sign_ups));
    ASSERT_EQ(done.summary.checks.size(), 4U);
    for (const auto& check : done.summary.checks) {
        EXPECT_EQ(check.passes, claims) << check.name;
        EXPECT_EQ(check.fails, 0U) << check.name;
    }
    EXPECT_EQ(done.claims.count(outcome::issued), claims);
    EXPECT_EQ(done.claims.acknowledged.size(), claims);
    EXPECT_EQ(done.claims.latency.count(), claims);
    EXPECT_FALSE(has(done, "coupon_issue_errors"));
    EXPECT_EQ(done.interrupted_iterations, 0U);
    EXPECT_GE(done.summary.duration, 50ms);
}

TEST_F(load_run, acknowledged_claims_name_their_user) {
    const run_result done = run_to_its_end(short_run());
    ASSERT_FALSE(done.claims.acknowledged.empty());
    for (std::size_t i = 0; i < done.claims.acknowledged.size(); ++i) {
        EXPECT_EQ(done.claims.acknowledged[i].claim_id, std::to_string(i));
        const auto body = boost::json::parse(service.requests.at(2 * i).body);
        EXPECT_EQ(body.at("email").as_string(), done.claims.acknowledged[i].email);
    }
}

TEST_F(load_run, each_user_keeps_one_connection) {
    run_to_its_end(short_run(3, 100ms));
    EXPECT_GT(service.requests.size(), 12U);
    EXPECT_LE(service.most_connections, 4U);  // and the one that found the service alive
    EXPECT_GE(service.most_connections, 3U);
}

TEST_F(load_run, a_failed_sign_up_ends_the_iteration) {
    service.sign_ups.assign(1'000'000 / 100, answer(500));
    scenario what = short_run(1, 20ms);
    what.thresholds = published_thresholds();
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(service.count(claim_path_of_test), 0U);
    EXPECT_EQ(counted(done, "iterations"), static_cast<double>(service.count(sign_up_path)));
    ASSERT_EQ(done.summary.checks.size(), 2U);
    EXPECT_EQ(done.summary.checks[0].passes, 0U);
    EXPECT_EQ(done.summary.checks[1].passes, 0U);
    EXPECT_FALSE(has(done, "coupon_issue_success_rate"));
    EXPECT_TRUE(done.summary.any_crossed());
}

TEST_F(load_run, a_sign_up_without_token_ends_the_iteration) {
    http::response empty;
    empty.status = 201;
    empty.body = "{}";
    service.sign_ups = {empty};
    const run_result done = run_to_its_end(short_run());
    EXPECT_EQ(service.count(claim_path_of_test) + 1, service.count(sign_up_path));
    EXPECT_EQ(done.summary.checks[0].fails, 0U);
    EXPECT_EQ(done.summary.checks[1].fails, 1U);
}

TEST_F(load_run, outcomes_are_counted_apart) {
    service.claims = {answer(409, "sold-out"), answer(409, "already-claimed"), answer(503, "lock-timeout"),
                      answer(503, "conflict"), answer(500)};
    const run_result done = run_to_its_end(short_run(1, 100ms));
    ASSERT_GE(service.count(claim_path_of_test), 6U);
    for (const outcome what : {outcome::sold_out, outcome::already_claimed, outcome::lock_timeout,
                               outcome::conflict, outcome::error})
        EXPECT_EQ(done.claims.count(what), 1U) << to_string(what);
    EXPECT_EQ(counted(done, "coupon_issue_errors"), 5);
    EXPECT_EQ(done.claims.count(outcome::issued) + 5, service.count(claim_path_of_test));
}

TEST_F(load_run, keeps_acknowledged_claims_only_where_they_are_wanted) {
    scenario what = short_run();
    what.keeps_acknowledged = false;
    const run_result done = run_to_its_end(what);
    EXPECT_TRUE(done.claims.acknowledged.empty());
    EXPECT_GT(done.claims.count(outcome::issued), 0U);
}

}  // namespace
}  // namespace dibs::load
