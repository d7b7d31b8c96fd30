#include "load/description.hpp"
#include "load/pauses.hpp"
#include "load/recorder.hpp"
#include "load/stage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;

template <class Values>
Values values_of(const stats::run_summary& run, const char* metric) {
    const auto found = run.metrics.find(stats::metric_name::parse(metric));
    if (found == run.metrics.end()) throw std::out_of_range(metric);
    return std::get<Values>(found->second.values);
}

bool has(const stats::run_summary& run, const char* metric) {
    return run.metrics.contains(stats::metric_name::parse(metric));
}

std::vector<stats::threshold> thresholds(std::initializer_list<const char*> texts) {
    std::vector<stats::threshold> read;
    for (const char* text : texts) read.push_back(stats::threshold::parse(text));
    return read;
}

request_record request(request_name name, int status, std::chrono::milliseconds took) {
    request_record made;
    made.name = name;
    made.status = status;
    made.took = took;
    made.bytes_sent = 100;
    made.bytes_received = 200;
    return made;
}

TEST(recorder, counts_requests_and_tells_the_failed_ones) {
    recorder records;
    records.request(request(request_name::sign_up, 201, 10ms));
    records.request(request(request_name::claim, 201, 20ms));
    records.request(request(request_name::claim, 409, 60ms));
    records.request(request(request_name::claim, 0, 0ms));
    const stats::run_summary run = records.summary(2s);
    EXPECT_EQ(values_of<stats::counter_values>(run, "http_reqs").count, 4);
    EXPECT_EQ(values_of<stats::counter_values>(run, "http_reqs").per_second, 2);
    EXPECT_EQ(values_of<stats::rate_values>(run, "http_req_failed").passes, 2U);
    EXPECT_EQ(values_of<stats::rate_values>(run, "http_req_failed").fails, 2U);
    EXPECT_EQ(values_of<stats::trend_values>(run, "http_req_duration").max, 60);
    EXPECT_EQ(values_of<stats::trend_values>(run, "http_req_duration{expected_response:true}").count, 2U);
    EXPECT_EQ(values_of<stats::counter_values>(run, "data_sent").count, 400);
    EXPECT_EQ(values_of<stats::counter_values>(run, "data_received").count, 800);
    EXPECT_EQ(records.claims().latency.count(), 3U);
    EXPECT_EQ(records.counts().failed_requests, 2U);
}

TEST(recorder, success_needs_status_and_id) {
    recorder records;
    records.claimed({true, true, outcome::issued});
    records.claimed({true, false, outcome::issued});
    records.claimed({false, false, outcome::sold_out});
    const stats::run_summary run = records.summary(1s);
    EXPECT_EQ(values_of<stats::rate_values>(run, "coupon_issue_success_rate").passes, 1U);
    EXPECT_EQ(values_of<stats::rate_values>(run, "coupon_issue_success_rate").fails, 2U);
    EXPECT_EQ(values_of<stats::counter_values>(run, "coupon_issue_errors").count, 2);
    EXPECT_EQ(records.claims().count(outcome::issued), 2U);
    EXPECT_EQ(records.claims().count(outcome::sold_out), 1U);
}

TEST(recorder, checks_keep_names_and_order_of_the_published_script) {
    recorder records;
    records.signed_up({true, false});
    records.claimed({true, true, outcome::issued});
    const stats::run_summary run = records.summary(1s);
    ASSERT_EQ(run.checks.size(), 4U);
    EXPECT_EQ(run.checks[0].name, "register status is 201");
    EXPECT_EQ(run.checks[0].passes, 1U);
    EXPECT_EQ(run.checks[1].name, "register has access token");
    EXPECT_EQ(run.checks[1].fails, 1U);
    EXPECT_EQ(run.checks[2].name, "coupon issue status is 201");
    EXPECT_EQ(run.checks[3].name, "coupon issue has userCoupon");
}

TEST(recorder, shows_only_what_happened) {
    recorder records;
    records.signed_up({false, false});
    records.iteration(5ms);
    const stats::run_summary run = records.summary(1s);
    EXPECT_EQ(run.checks.size(), 2U);
    EXPECT_FALSE(has(run, "coupon_issue_errors"));
    EXPECT_FALSE(has(run, "coupon_issue_success_rate"));
    EXPECT_EQ(values_of<stats::counter_values>(run, "iterations").count, 1);
}

TEST(recorder, thresholds_on_parts_make_them_measured) {
    recorder records(
        thresholds({"http_req_duration{name:claim}:p(95)<50", "http_req_failed{name:signup}:rate<0.1"}));
    records.request(request(request_name::sign_up, 201, 900ms));
    records.request(request(request_name::claim, 201, 20ms));
    const stats::run_summary run = records.summary(1s);
    EXPECT_EQ(values_of<stats::trend_values>(run, "http_req_duration{name:claim}").p95, 20);
    EXPECT_FALSE(has(run, "http_req_duration{name:signup}"));
    EXPECT_FALSE(run.any_crossed());
}

TEST(recorder, takes_k6s_thresholds_on_status_method_and_checks) {
    recorder records(thresholds({"http_reqs{status:503}:count==1", "http_reqs{status:0}:count==1",
                                 "http_req_duration{method:POST,name:claim,status:201}:max<30",
                                 "checks:rate>=0.5", "checks{check:coupon issue status is 201}:rate===1"}));
    records.request(request(request_name::claim, 201, 20ms));
    records.request(request(request_name::claim, 503, 60ms));
    records.request(request(request_name::claim, 0, 60ms));
    records.signed_up({false, false});
    records.claimed({true, true, outcome::issued});
    const stats::run_summary run = records.summary(1s);
    EXPECT_EQ(stats::describe_crossed(run), "");
    EXPECT_EQ(values_of<stats::rate_values>(run, "checks").passes, 2U);
}

TEST(recorder, names_the_threshold_that_ends_a_run) {
    std::vector<stats::threshold> wanted =
        thresholds({"http_req_failed:rate<0.5", "http_req_duration:p(95)<50", "iterations:count>5"});
    wanted[1].abort_from = 2s;
    wanted[2].abort_from = 0s;
    recorder records(wanted);
    EXPECT_EQ(records.abort_reason(10s), nullptr) << "without samples";
    records.request(request(request_name::claim, 503, 60ms));
    EXPECT_EQ(records.abort_reason(1999ms), nullptr);
    ASSERT_NE(records.abort_reason(2s), nullptr);
    EXPECT_EQ(records.abort_reason(2s)->wanted.text, "p(95)<50");
    records.iteration(1ms);
    EXPECT_EQ(records.abort_reason(0s)->wanted.text, "count>5");
}

TEST(recorder, refuses_thresholds_that_could_never_be_met) {
    for (const char* text :
         {"nonsense:rate<1", "http_req_duration{name:other}:p(95)<5", "vus{name:claim}:value<5",
          "http_req_duration:rate<5", "http_reqs{status:abc}:count>1", "http_reqs{status:99}:count>1",
          "http_reqs{status:500,expected_response:true}:count>1", "http_reqs{method:GET}:count>1",
          "checks{check:unheard of}:rate>0.5", "checks{name:claim}:rate>0.5"})
        EXPECT_THROW(recorder{thresholds({text})}, bad_scenario) << text;
}

TEST(recorder, threshold_without_samples_is_crossed) {
    recorder records(thresholds({"http_req_duration:p(95)<2000"}));
    EXPECT_TRUE(records.summary(1s).any_crossed());
}

TEST(recorder, users_are_a_gauge) {
    recorder records;
    records.users(3, 10);
    records.users(9, 10);
    records.users(1, 10);
    const stats::run_summary run = records.summary(3s);
    EXPECT_EQ(values_of<stats::gauge_values>(run, "vus").value, 1);
    EXPECT_EQ(values_of<stats::gauge_values>(run, "vus").max, 9);
    EXPECT_EQ(values_of<stats::gauge_values>(run, "vus_max").min, 10);
}

TEST(pause_source, repeats_with_seed_and_user_and_keeps_its_bounds) {
    const think_times bounds;
    const auto first_hundred = [&](const pause_source::key& of) {
        pause_source source(of, bounds);
        std::vector<std::chrono::microseconds> drawn(100);
        std::ranges::generate(drawn, [&] { return source.next(); });
        return drawn;
    };
    const auto one = first_hundred({7, 1});
    EXPECT_EQ(one, first_hundred({7, 1}));
    EXPECT_NE(one, first_hundred({7, 2}));
    EXPECT_NE(one, first_hundred({8, 1}));
    EXPECT_GE(std::ranges::min(one), 100ms);
    EXPECT_LE(std::ranges::max(one), 600ms);
    EXPECT_LT(std::ranges::min(one), 150ms);
    EXPECT_GT(std::ranges::max(one), 550ms);
}

TEST(lag_probe, counts_every_missed_beat_at_the_wake_that_finds_it) {
    lag_probe probe;
    const steady::time_point due = steady::now();
    EXPECT_EQ(probe.record_until(due, due + 35ms), due + 40ms);
    EXPECT_EQ(probe.report().lag_worst, 35ms);
    EXPECT_EQ(probe.report().lag_median, 20ms);  // of 35, 25, 15 and 5
    EXPECT_EQ(probe.record_until(due + 40ms, due + 41ms), due + 50ms);
    EXPECT_EQ(probe.report().lag_worst, 35ms);
}

TEST(generator_report, tells_a_late_or_busy_generator) {
    generator_report seen;
    seen.lag_p99 = 3ms;
    seen.cpu_share = 0.5;
    EXPECT_EQ(bottleneck_warning(seen), "");
    seen.lag_p99 = 25ms;
    EXPECT_THAT(bottleneck_warning(seen), testing::HasSubstr("the machine was too busy"));
    EXPECT_THAT(bottleneck_warning(seen), testing::HasSubstr("25.0 ms late"));
    seen.lag_p99 = 3ms;
    seen.start_lag_p99 = 21ms;
    EXPECT_THAT(bottleneck_warning(seen), testing::HasSubstr("21.0 ms late"));
    seen.start_lag_p99 = 0ms;
    seen.cpu_share = 0.95;
    EXPECT_THAT(bottleneck_warning(seen), testing::HasSubstr("was a bottleneck, with 95 %"));
}

}  // namespace
}  // namespace dibs::load
