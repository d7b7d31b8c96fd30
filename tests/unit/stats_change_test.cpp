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
    EXPECT_NEAR(made.estimate, 0.371, 1e-9);
    EXPECT_NEAR(made.confidence.value().lower, -0.2875162, 2e-7);
    EXPECT_NEAR(made.confidence.value().upper, 1.0295162, 2e-7);
    EXPECT_EQ(made.says, verdict::none_seen);
}

TEST(change, knows_which_way_is_better) {
    const std::vector<double> slow{20, 21, 19, 20};
    const std::vector<double> fast{10, 10.5, 9.5, 10};
    const comparison_options latency{};
    const comparison_options throughput{.first = best::highest};
    EXPECT_EQ(change_of(slow, fast, latency).says, verdict::better);
    EXPECT_EQ(change_of(fast, slow, latency).says, verdict::worse);
    EXPECT_EQ(change_of(fast, slow, throughput).says, verdict::better);
    EXPECT_NEAR(change_of(fast, slow, latency).worse_by(latency), 1, 0.01);
    EXPECT_NEAR(change_of(slow, fast, throughput).worse_by(throughput), 0.5, 0.01);
    EXPECT_NEAR(change_of(fast, slow, latency).estimate, 2, 1e-9);
}

TEST(change, says_when_there_are_too_few_runs) {
    const auto one = change_of(std::vector<double>{10}, std::vector<double>{20, 21}, {});
    EXPECT_EQ(one.says, verdict::not_enough);
    EXPECT_FALSE(one.confidence.has_value());
    EXPECT_EQ(change_of({}, {}, {}).says, verdict::not_enough);
    EXPECT_EQ(change_of({}, {}, {}).worse_by({}), 0);
}

TEST(change, of_runs_without_noise_is_what_it_is) {
    const std::vector<double> all{100, 100, 100};
    const auto none = change_of(all, all, {.on = scale::difference, .first = best::highest});
    EXPECT_EQ(none.says, verdict::none_seen);
    EXPECT_EQ(none.confidence.value().upper, 0);
    const auto less =
        change_of(all, std::vector<double>{99, 99}, {.on = scale::difference, .first = best::highest});
    EXPECT_EQ(less.says, verdict::worse);
}

}  // namespace
}  // namespace dibs::stats
