#include "stats/ranking.hpp"
#include "stats/sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace dibs::stats {
namespace {

TEST(moments, agree_with_a_worked_example) {
    const auto of = moments_of(std::array{2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0});
    EXPECT_EQ(of.count(), 8U);
    EXPECT_DOUBLE_EQ(of.mean(), 5);
    EXPECT_DOUBLE_EQ(of.standard_deviation().value(), 2.138089935299395);  // sqrt(32/7), not sqrt(32/8)
}

TEST(moments, keep_a_small_spread_beside_a_large_mean) {
    const auto of = moments_of(std::array{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16});
    EXPECT_DOUBLE_EQ(of.standard_deviation().value(), 5.477225575051661);
}

TEST(moments, have_no_spread_below_two_values) {
    moments of;
    EXPECT_EQ(of.standard_deviation(), std::nullopt);
    EXPECT_FALSE(mean_interval(of, 0.95).has_value());
    of.add(3);
    EXPECT_EQ(of.mean(), 3);
    EXPECT_EQ(of.standard_deviation(), std::nullopt);
    EXPECT_FALSE(mean_interval(of, 0.95).has_value());
}

// Mean 0, deviation sqrt(5) at n = 5: half the interval is the quantile itself.
TEST(mean_interval, takes_the_exact_quantile_of_student) {
    const auto of = moments_of(std::array{-3.0, -1.0, 0.0, 1.0, 3.0});
    EXPECT_NEAR(mean_interval(of, 0.95).value().upper, 2.7764451051977987, 1e-12);  // not 2.776
    EXPECT_NEAR(mean_interval(of, 0.95).value().lower, -2.7764451051977987, 1e-12);
    EXPECT_NEAR(mean_interval(of, 0.99).value().upper, 4.604094871349993, 1e-12);
}

TEST(mean_interval, is_a_point_where_all_values_are_equal) {
    const auto of = moments_of(std::array{100.0, 100.0, 100.0});
    EXPECT_EQ(mean_interval(of, 0.95).value().lower, 100);
    EXPECT_EQ(mean_interval(of, 0.95).value().upper, 100);
}

TEST(percentile, interpolates_at_p_times_n_minus_1) {
    const std::array ten{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0};
    EXPECT_DOUBLE_EQ(percentile(ten, 0.95), 9.55);
    EXPECT_DOUBLE_EQ(percentile(ten, 0.5), 5.5);
    EXPECT_EQ(percentile(ten, 0), 1);
    EXPECT_EQ(percentile(ten, 1), 10);
    EXPECT_EQ(percentile(std::array{7.0}, 0.95), 7);
}

TEST(ranking, shares_places_and_counts_on) {
    const std::vector<double> values{5, 7, 5, 9, 7, 5};
    std::vector<std::size_t> order;
    std::vector<std::size_t> numbers;
    std::vector<bool> shared;
    for (const auto& place : ranking(values, best::highest)) {
        order.push_back(place.index);
        numbers.push_back(place.number);
        shared.push_back(place.shared);
    }
    EXPECT_THAT(order, testing::ElementsAre(3, 1, 4, 0, 2, 5));
    EXPECT_THAT(numbers, testing::ElementsAre(1, 2, 2, 4, 4, 4));
    EXPECT_THAT(shared, testing::ElementsAre(false, true, true, true, true, true));
}

TEST(ranking, puts_the_lowest_first_where_that_is_best) {
    const std::vector<double> values{3, 1, 2};
    EXPECT_EQ(ranking(values, best::lowest).front().index, 1U);
    EXPECT_TRUE(ranking({}, best::lowest).empty());
}

}  // namespace
}  // namespace dibs::stats
