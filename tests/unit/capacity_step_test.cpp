#include "capacity/capacity.hpp"
#include "capacity/step.hpp"

#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

namespace dibs::capacity {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A step that was held; each test spoils one thing.
class capacity_step : public testing::Test {
   protected:
    capacity_step() {
        told.sent = 1'000;
        told.statuses = {{201, 1'000}};
        told.seconds = 2;
        told.p99_ms = 49;
        told.cpu_us = 0.2e6;
    }
    outcome judge() const { return judged(500, told, stolen, {50ms}).what; }

    claims_bench::load_report told;
    double stolen = 0;
};

TEST_F(capacity_step, is_held_when_all_was_issued_in_time) {
    EXPECT_EQ(judge(), outcome::held);
    EXPECT_EQ(judged(500, told, stolen, {50ms}).issued_per_s, 500);
}

TEST_F(capacity_step, fails_when_it_was_too_slow) {
    told.p99_ms = 50;
    EXPECT_EQ(judge(), outcome::failed);
}

TEST_F(capacity_step, fails_when_one_was_dropped) {
    told.dropped = 1;
    EXPECT_EQ(judge(), outcome::failed);
}

TEST_F(capacity_step, fails_when_one_was_not_issued) {
    told.statuses = {{201, 999}, {503, 1}};
    EXPECT_EQ(judge(), outcome::failed);
    EXPECT_EQ(judged(500, told, stolen, {50ms}).failures, 1U);
    told.statuses = {{201, 999}};  // the last was never answered
    EXPECT_EQ(judge(), outcome::failed);
}

TEST_F(capacity_step, fails_when_nothing_was_sent) {
    told.sent = 0;
    told.statuses.clear();
    EXPECT_EQ(judge(), outcome::failed);
}

TEST_F(capacity_step, is_the_generators_doing_when_it_had_no_core_left_or_was_late_by_itself) {
    told.p99_ms = 60;
    told.cpu_us = 1.9e6;
    EXPECT_EQ(judge(), outcome::generator_limited);
    told.cpu_us = 0.2e6;
    told.own_lag_p99_ms = 25;
    EXPECT_EQ(judge(), outcome::generator_limited);
    told.p99_ms = 49;
    EXPECT_EQ(judge(), outcome::held) << "however hard it was for the generator";
}

TEST_F(capacity_step, says_nothing_when_it_failed_and_the_host_took_the_processors) {
    told.p99_ms = 60;
    stolen = 0.03;
    EXPECT_EQ(judge(), outcome::failed) << "as much as that is not unusual";
    stolen = 0.05;
    EXPECT_EQ(judge(), outcome::disturbed);
    told.p99_ms = 49;
    EXPECT_EQ(judge(), outcome::held) << "whatever the host did";
}

strategy_capacity searched(std::string name, std::vector<double> repeats) {
    strategy_capacity made{std::move(name), std::move(repeats)};
    for (const double rate : made.repeats) {
        step held;
        held.rate = rate;
        held.issued_per_s = rate - 1;
        held.p99_ms = 10;
        held.what = outcome::held;
        made.steps.push_back(held);
        held.rate = 2 * rate;
        held.what = outcome::failed;
        made.steps.push_back(held);
    }
    return made;
}

TEST(capacity, gives_the_median_the_extremes_and_the_curve) {
    auto queue = searched("queue", {900, 1'100, 1'000});
    queue.at_least = true;
    const auto json = json_of({50, 2, 0.1, 200, {queue}});
    const auto& of = json.at("strategies").at("queue");
    EXPECT_EQ(of.at("rate").at("median"), 1'000.0);
    EXPECT_EQ(of.at("rate").at("lowest"), 900.0);
    EXPECT_EQ(of.at("rate").at("highest"), 1'100.0);
    EXPECT_EQ(of.at("goodput_per_s"), 999.0);
    EXPECT_EQ(of.at("at_least"), true);
    ASSERT_EQ(of.at("curve").as_array().size(), 6U);
    EXPECT_EQ(of.at("curve").at(0).at("rate"), 900.0);
    EXPECT_EQ(of.at("curve").at(5).at("held"), false);
    EXPECT_EQ(json_of({50, 2, 0.1, 200, {{"queue"}}}).at("strategies"), boost::json::object());
}

TEST(capacity, is_that_of_the_middle_one_of_the_steps_that_held_the_median_rate) {
    auto queue = searched("queue", {1'000, 1'000, 1'000});
    const std::vector<std::pair<double, double>> issued_and_p99{{990, 30}, {999, 10}, {980, 40}};
    for (std::size_t i = 0; i < issued_and_p99.size(); ++i) {
        auto& held = queue.steps[2 * i];
        std::tie(held.issued_per_s, held.p99_ms) = issued_and_p99[i];
    }
    EXPECT_EQ(queue.goodput(), 990);
}

TEST(capacity, the_table_has_the_best_first_and_says_what_is_only_a_bound) {
    auto batch = searched("batch", {60'000});
    batch.at_least = true;
    const auto text = table({50, 2, 0.1, 200, {searched("queue", {1'000}), batch, {"mutex", {0.0}}}});
    EXPECT_LT(text.find("batch"), text.find("queue"));
    EXPECT_THAT(text, HasSubstr("at least 60000"));
    EXPECT_THAT(text, HasSubstr("none held"));
    EXPECT_THAT(text, HasSubstr("0 of 1"));
}

}  // namespace
}  // namespace dibs::capacity
