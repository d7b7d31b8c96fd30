#include "core/timeout.hpp"
#include "load/generator.hpp"
#include "load/stage.hpp"
#include "tests/support/coupon_stand_in.hpp"
#include "tests/support/run_task.hpp"

#include <dibs/error.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;
using tests::answer;
using tests::run_task;

constexpr const char* sign_up_path = "/api/auth/signup";
constexpr const char* claim_path_of_test = "/api/coupons/test-coupon-1/claims";

class load_run : public testing::Test {
   protected:
    void TearDown() override { run_task(io, service.stop()); }

    /// One user, for a moment, with pauses of about a millisecond.
    scenario short_run(std::uint32_t users = 1, std::chrono::milliseconds length = 50ms) {
        scenario made;
        made.service = service.address();
        made.does.pauses = {1ms, 2ms, 1ms};
        made.executor = ramping_users{users, {{length, users}}};
        made.thresholds.clear();
        return made;
    }

    run_result run_to_its_end(const scenario& what) { return run_task(io, run(what)); }

    static double counted(const run_result& done, const char* metric) {
        const auto& values = done.summary.metrics.at(stats::metric_name::parse(metric)).values;
        return std::get<stats::counter_values>(values).count;
    }
    static bool has(const run_result& done, const char* metric) {
        return done.summary.metrics.contains(stats::metric_name::parse(metric));
    }

    /// Keeps the one thread of generator and service from everything else.
    static void block(std::chrono::milliseconds time) {
        for (const deadline until = after(time); steady::now() < until;) {
        }
    }

    asio::io_context io{1};
    tests::coupon_stand_in service{io};
};

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

TEST_F(load_run, what_does_not_finish_in_its_grace_is_interrupted_and_in_doubt) {
    service.hold_claims();
    scenario what = short_run(2, 20ms);
    what.allowed = {10ms, 30ms};
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(done.interrupted_iterations, 2U);
    EXPECT_FALSE(has(done, "iterations"));
    EXPECT_EQ(done.claims.count(outcome::in_doubt), 2U);
    EXPECT_EQ(counted(done, "http_reqs"), 2);
    EXPECT_GE(done.summary.duration, 50ms);
    EXPECT_LT(done.summary.duration, 5s);
}

TEST_F(load_run, a_user_whose_ramp_down_grace_is_over_is_cut_before_the_run_ends) {
    service.hold_claims();
    scenario what = short_run();
    what.executor = ramping_users{1, {{20ms, 1}, {0ms, 0}, {60ms, 0}}};
    what.allowed = {10ms, 30s};
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(done.interrupted_iterations, 1U);
    EXPECT_GE(done.summary.duration, 80ms);
    EXPECT_LT(done.summary.duration, 5s);
}

TEST_F(load_run, an_iteration_under_way_at_the_end_finishes) {
    service.hold_claims();
    scenario what = short_run(1, 20ms);
    asio::steady_timer later(io, 60ms);
    later.async_wait([&](const boost::system::error_code&) { service.release_claims(); });
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(counted(done, "iterations"), 1);
    EXPECT_EQ(done.interrupted_iterations, 0U);
    EXPECT_GE(done.summary.duration, 40ms);
    EXPECT_LT(done.summary.duration, 5s);
}

TEST_F(load_run, an_answer_that_does_not_come_in_time_is_in_doubt) {
    service.hold_claims();
    scenario what = short_run(1, 20ms);
    what.does.answer_within = 30ms;
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(done.claims.count(outcome::in_doubt), 1U);
    EXPECT_EQ(counted(done, "iterations"), 1);
    EXPECT_EQ(counted(done, "coupon_issue_errors"), 1);
}

TEST_F(load_run, an_interrupt_ends_the_run_with_what_it_has) {
    scenario what = short_run(2);
    what.executor = ramping_users{2, {{1h, 2}}};
    generator one(io.get_executor(), what);
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == 5) one.interrupt();
    };
    const run_result done = run_task(io, one.run());
    EXPECT_EQ(done.ended, ending::interrupted);
    EXPECT_GE(counted(done, "iterations"), 1);
    EXPECT_EQ(done.interrupted_iterations, 2U);
}

TEST_F(load_run, a_cancelled_run_leaves_no_user_behind) {
    scenario what = short_run(4);
    what.executor = ramping_users{4, {{1h, 4}}};
    const auto ended = run_task(io, with_timeout(run(what), after(500ms)));
    EXPECT_FALSE(ended.has_value());
    EXPECT_GT(service.requests.size(), 4U);
}

TEST_F(load_run, nobody_there_is_told_before_the_start) {
    scenario what = short_run();
    run_task(io, service.stop());
    try {
        run_to_its_end(what);
        FAIL() << "a run against nobody";
    } catch (const error& failure) {
        EXPECT_EQ(failure.kind(), fault::unavailable);
        EXPECT_THAT(failure.what(), testing::HasSubstr(what.service.describe()));
    }
}

TEST_F(load_run, a_scenario_without_users_or_time_is_refused) {
    scenario nobody = short_run(0);
    EXPECT_THROW(generator(io.get_executor(), nobody), bad_scenario);
    scenario no_time = short_run(1, 0ms);
    EXPECT_THROW(generator(io.get_executor(), no_time), bad_scenario);
}

class arrivals_run : public load_run {
   protected:
    scenario arrivals(double rate, std::chrono::milliseconds length, std::uint32_t most_users = 1000) {
        scenario made = short_run();
        arrival_rate asked = arrival_rate::constant(rate, length);
        asked.most_users = most_users;
        made.executor = asked;
        return made;
    }
    static stats::trend_values trend(const run_result& done, const char* metric) {
        return std::get<stats::trend_values>(
            done.summary.metrics.at(stats::metric_name::parse(metric)).values);
    }
};

TEST_F(arrivals_run, begins_as_many_iterations_as_the_rate_says) {
    const run_result done = run_to_its_end(arrivals(200, 100ms));
    EXPECT_EQ(service.count(sign_up_path), 20U);
    EXPECT_EQ(service.count(claim_path_of_test), 20U);
    EXPECT_EQ(counted(done, "iterations"), 20);
    EXPECT_FALSE(has(done, "dropped_iterations"));
    EXPECT_EQ(trend(done, "start_lag").count, 20U);
    EXPECT_EQ(trend(done, "intended_claim_duration").count, 20U);
    EXPECT_GE(done.summary.duration, 100ms);
}

TEST_F(arrivals_run, follows_ramps) {
    scenario what = short_run();
    arrival_rate asked;
    asked.stages = {{100ms, 400}, {50ms, 400}};  // 20 and 20
    what.executor = asked;
    EXPECT_EQ(counted(run_to_its_end(what), "iterations"), 40);
}

TEST_F(arrivals_run, begins_in_time_however_long_those_before_take) {
    service.hold_claims();
    scenario what = arrivals(1000, 20ms);
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == 20) service.release_claims();
    };
    EXPECT_EQ(counted(run_to_its_end(what), "iterations"), 20);
}

TEST_F(arrivals_run, drops_what_finds_no_free_user_and_does_not_make_up_for_it) {
    service.hold_claims();
    scenario what = arrivals(1000, 20ms, 2);
    what.allowed.stop = 30ms;
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(service.count(sign_up_path), 2U);
    EXPECT_EQ(done.dropped_iterations, 18U);
    EXPECT_EQ(counted(done, "dropped_iterations"), 18);
    EXPECT_EQ(done.interrupted_iterations, 2U);
    EXPECT_EQ(done.claims.count(outcome::in_doubt), 2U);
}

TEST_F(arrivals_run, uses_its_users_again) {
    scenario what = arrivals(100, 300ms);
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(counted(done, "iterations"), 30);
    std::set<std::string> emails;
    for (const auto& asked : service.requests)
        if (asked.path == sign_up_path)
            emails.emplace(boost::json::parse(asked.body).at("email").as_string());
    EXPECT_EQ(emails.size(), 30U);
}

TEST_F(arrivals_run, counts_latencies_from_the_intended_start_too) {
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == 1) block(60ms);
    };
    const run_result done = run_to_its_end(arrivals(200, 40ms));
    EXPECT_EQ(counted(done, "iterations"), 8);
    const auto lag = trend(done, "start_lag");
    EXPECT_GE(lag.max, 20);
    EXPECT_NEAR(trend(done, "intended_iteration_duration").avg,
                trend(done, "iteration_duration").avg + lag.avg, 1e-6);
    const stats::trend& claims = done.claims.latency;
    EXPECT_NEAR(trend(done, "intended_claim_duration").avg, claims.average() + lag.avg, 1e-6);
    EXPECT_GT(done.generator.start_lag_p99, 0ns);
}

TEST_F(arrivals_run, that_is_cancelled_or_interrupted_leaves_no_user_behind) {
    const auto ended = run_task(io, with_timeout(run(arrivals(200, 1h)), after(200ms)));
    EXPECT_FALSE(ended.has_value());
    generator one(io.get_executor(), arrivals(200, 1h));
    const std::size_t before = service.count(claim_path_of_test);
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == before + 5) one.interrupt();
    };
    EXPECT_EQ(run_task(io, one.run()).ended, ending::interrupted);
}

TEST_F(arrivals_run, that_begins_nothing_is_refused) {
    EXPECT_THROW(generator(io.get_executor(), arrivals(0, 1s)), bad_scenario);
    EXPECT_THROW(generator(io.get_executor(), arrivals(10, 0ms)), bad_scenario);
    EXPECT_THROW(generator(io.get_executor(), arrivals(10, 1s, 0)), bad_scenario);
}

TEST_F(load_run, ends_when_a_threshold_is_crossed_that_is_to_end_it) {
    service.claims.assign(10'000, answer(409, "sold-out"));
    scenario what = short_run();
    what.executor = ramping_users{1, {{1h, 1}}};
    what.thresholds = {stats::threshold::parse("http_req_failed{name:claim}:rate<0.5"),
                       stats::threshold::parse("coupon_issue_success_rate:rate>0.8")};
    what.thresholds[1].abort_from = 1500ms;
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(done.ended, ending::aborted);
    EXPECT_GE(done.summary.duration, 1500ms);
    EXPECT_TRUE(done.summary.any_crossed());
}

/// One sign-up in 1.2 s: fewer than one a second, though the first look at it was due after one.
TEST_F(load_run, judges_a_threshold_at_the_time_that_has_passed) {
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == 1) block(1200ms);
    };
    scenario what = short_run(1, 1100ms);
    what.thresholds = {stats::threshold::parse("http_reqs{name:signup}:rate<1")};
    what.thresholds[0].abort_from = 0ms;
    EXPECT_EQ(run_to_its_end(what).ended, ending::whole);
    EXPECT_EQ(service.count(sign_up_path), 1U);
}

TEST_F(load_run, has_taken_no_time_before_it_begins) {
    const generator one(io.get_executor(), short_run());
    EXPECT_EQ(one.progress().elapsed, 0ns);
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
