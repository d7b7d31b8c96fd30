#include "stats/change.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace dibs::stats {
namespace {

constexpr std::array<double, 10> control{4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14};
constexpr std::array<double, 10> treated{4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69};

// R: t.test(ctrl, trt1) of PlantGrowth: t = 1.1913, df = 16.524, 95 % interval −0.2875162 to 1.0295162.
TEST(change, is_welchs_interval) {
    const auto made = change_of(treated, control, {.on = scale::difference});
    EXPECT_NEAR(made.estimate.value(), 0.371, 1e-9);
    EXPECT_NEAR(made.confidence.value().lower, -0.2875162, 2e-7);
    EXPECT_NEAR(made.confidence.value().upper, 1.0295162, 2e-7);
    EXPECT_EQ(made.says, change_verdict::none_seen);
}

TEST(change, knows_which_way_is_better) {
    const std::vector<double> slow{20, 21, 19, 20};
    const std::vector<double> fast{10, 10.5, 9.5, 10};
    const comparison_options latency{};
    const comparison_options throughput{.first = best::highest};
    EXPECT_EQ(change_of(slow, fast, latency).says, change_verdict::better);
    EXPECT_EQ(change_of(fast, slow, latency).says, change_verdict::worse);
    EXPECT_EQ(change_of(fast, slow, throughput).says, change_verdict::better);
    EXPECT_NEAR(change_of(fast, slow, latency).worse_by(latency), 1, 0.01);
    EXPECT_NEAR(change_of(slow, fast, throughput).worse_by(throughput), 0.5, 0.01);
    EXPECT_NEAR(change_of(fast, slow, latency).estimate.value(), 2, 1e-9);
}

TEST(change, says_when_there_are_too_few_runs) {
    const auto one = change_of(std::vector<double>{10}, std::vector<double>{20, 21}, {});
    EXPECT_EQ(one.says, change_verdict::not_enough);
    EXPECT_FALSE(one.confidence.has_value());
    EXPECT_EQ(change_of({}, {}, {}).says, change_verdict::not_enough);
    EXPECT_EQ(change_of({}, {}, {}).worse_by({}), 0);
}

TEST(change, counts_what_has_no_ratio) {
    const std::vector<double> all{10, 11, 9, 10, 10};
    const std::vector<double> few{0, 0, 0, 10, 11};
    const auto made = change_of(all, few, {});
    EXPECT_EQ(made.runs_after, 2U);
    EXPECT_EQ(made.nothing_after, 3U);
    EXPECT_TRUE(made.fell_to_nothing());
    EXPECT_FALSE(change_of(few, all, {}).fell_to_nothing());
    EXPECT_FALSE(change_of(few, few, {}).fell_to_nothing());
    const auto none = change_of(all, std::vector<double>{0, 0}, {});
    EXPECT_EQ(none.estimate, std::nullopt);
    EXPECT_EQ(none.says, change_verdict::not_enough);
    EXPECT_EQ(change_of(all, few, {.on = scale::difference}).nothing_after, 0U);
}

TEST(change, of_runs_without_noise_is_what_it_is) {
    const std::vector<double> all{100, 100, 100};
    const auto none = change_of(all, all, {.on = scale::difference, .first = best::highest});
    EXPECT_EQ(none.says, change_verdict::none_seen);
    EXPECT_EQ(none.confidence.value().upper, 0);
    const auto less =
        change_of(all, std::vector<double>{99, 99}, {.on = scale::difference, .first = best::highest});
    EXPECT_EQ(less.says, change_verdict::worse);
}

}  // namespace
}  // namespace dibs::stats
