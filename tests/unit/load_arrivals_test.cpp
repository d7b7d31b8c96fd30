#include "load/arrivals.hpp"
#include "load/stage.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

double in_seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// The integral of the rate from 0 to `until` seconds.
double integral(const arrival_rate& rate, double until) {
    double area = 0;
    double from = rate.start;
    for (const auto& [length, to] : rate.stages) {
        const double whole = in_seconds(length);
        const double part = std::min(until, whole);
        if (part > 0) area += part * (from + (from + (to - from) * part / whole)) / 2;
        until -= part;
        from = to;
    }
    return area;
}

std::vector<nanoseconds> all_starts(const arrival_rate& rate) {
    const arrival_schedule schedule(rate);
    std::vector<nanoseconds> starts;
    while (const auto next = schedule.start(starts.size())) starts.push_back(*next);
    return starts;
}

arrival_rate ramps(double start, std::vector<rate_stage> stages) {
    arrival_rate made;
    made.start = start;
    made.stages = std::move(stages);
    return made;
}

TEST(arrivals, of_a_constant_rate_are_evenly_spaced_from_the_start) {
    const auto starts = all_starts(arrival_rate::constant(500, 2s));
    ASSERT_EQ(starts.size(), 1000U);
    for (std::size_t i = 0; i < starts.size(); ++i) EXPECT_EQ(starts[i], i * 2ms);
    EXPECT_EQ(all_starts(arrival_rate::constant(0.1, 10s)).size(), 1U);
    EXPECT_EQ(all_starts(arrival_rate::constant(0.1, 10001ms)).size(), 2U);
}

// from 0 to 10 a second in 10 s: n = t²/2
TEST(arrivals, of_a_ramp_come_at_the_roots_of_its_integral) {
    const auto starts = all_starts(ramps(0, {{10s, 10}}));
    ASSERT_EQ(starts.size(), 50U);
    for (std::size_t i = 0; i < starts.size(); ++i)
        EXPECT_NEAR(in_seconds(starts[i]), std::sqrt(2.0 * static_cast<double>(i + 1)), 1e-8);
    EXPECT_EQ(starts.back(), 10s);
}

TEST(arrivals, satisfy_the_integral_in_every_stage) {
    const arrival_rate rate =
        ramps(50, {{2s, 50}, {3s, 400}, {0s, 10}, {5s, 10}, {1s, 0}, {4s, 0}, {2s, 1}, {1s, 0}});
    const auto starts = all_starts(rate);
    EXPECT_EQ(starts.size(), static_cast<std::size_t>(integral(rate, 1000)));
    for (std::size_t i = 0; i < starts.size(); ++i) {
        EXPECT_NEAR(integral(rate, in_seconds(starts[i])), static_cast<double>(i + 1), 1e-5) << i;
        EXPECT_GE(starts[i], starts[i == 0 ? 0 : i - 1]);
    }
}

TEST(arrivals, keep_their_precision_after_a_week_at_a_high_rate) {
    const arrival_rate rate = ramps(1e6, {{100h, 1e6}, {68h, 999'999}});
    const arrival_schedule schedule(rate);
    const std::uint64_t steady_part = 100ULL * 3600 * 1'000'000;
    EXPECT_NEAR(in_seconds(schedule.start(steady_part - 1).value()), 360'000, 1e-6);
    const auto one = schedule.start(steady_part + 10'000'000'000ULL).value();
    const auto next = schedule.start(steady_part + 10'000'001'000ULL).value();
    EXPECT_NEAR(in_seconds(next - one), 1e-3, 1e-5);
    EXPECT_EQ(schedule.length(), 168h);
}

TEST(arrivals, end_with_the_stages) {
    EXPECT_TRUE(all_starts(ramps(0, {})).empty());
    EXPECT_TRUE(all_starts(ramps(100, {})).empty());
    EXPECT_TRUE(all_starts(ramps(0, {{10s, 0}})).empty());
    EXPECT_TRUE(all_starts(ramps(0, {{0s, 100}})).empty());
    EXPECT_TRUE(all_starts(ramps(0, {{1s, 1}})).empty()) << "half an iteration";
    EXPECT_TRUE(all_starts(arrival_rate::constant(100, 0s)).empty());
    EXPECT_FALSE(arrival_schedule(arrival_rate::constant(1, 1s)).start(UINT64_MAX));
}

TEST(rates, are_read_with_their_time) {
    EXPECT_EQ(parse_rate("500/s"), 500);
    EXPECT_EQ(parse_rate("30000/m"), 500);
    EXPECT_EQ(parse_rate("7.5/s"), 7.5);
    EXPECT_EQ(parse_rate("1/10s"), 0.1);
    EXPECT_EQ(parse_rate("5/100ms"), 50);
    EXPECT_EQ(parse_rate("0/s"), 0);
    EXPECT_EQ(parse_rate("3600/h"), 1);
    for (const char* wrong : {"", "500", "/s", "500/", "500/x", "-1/s", "1e3/s", "5 /s", "500/s ", "1/0s",
                              "5/s/s", "2000000/s", "x/s", "1/0"})
        EXPECT_THROW(parse_rate(wrong), bad_scenario) << wrong;
}

TEST(rates, are_read_as_ramps) {
    const rate_stage read = parse_rate_stage("1m30s:1200/m");
    EXPECT_EQ(read.length, 90s);
    EXPECT_EQ(read.target, 20);
    for (const char* wrong : {"", "10s", "10s:", "10s:200", ":200/s", "10:200/s", "10s:200/s:1"})
        EXPECT_THROW(parse_rate_stage(wrong), bad_scenario) << wrong;
}

}  // namespace
}  // namespace dibs::load
