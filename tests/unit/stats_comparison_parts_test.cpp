#include "stats/block_comparison.hpp"
#include "stats/correctness.hpp"
#include "stats/letters.hpp"
#include "stats/rounds_needed.hpp"
#include "stats/studentised_range.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace dibs::stats {
namespace {

using testing::ElementsAre;

// E. S. Pearson and H. O. Hartley, Biometrika Tables for Statisticians I, table 29, as textbooks reprint it.
TEST(studentised_range, agrees_with_published_tables) {
    const struct {
        std::size_t means;
        double degrees, confidence, q, digit;
    } table[]{{3, 10, 0.95, 3.877, 0.001}, {6, 20, 0.95, 4.445, 0.001}, {3, 2, 0.95, 8.331, 0.001},
              {10, 1, 0.95, 49.07, 0.01},  {4, 60, 0.99, 4.59, 0.01},   {5, 10, 0.99, 6.14, 0.01},
              {6, 5, 0.99, 8.91, 0.01},    {20, 120, 0.95, 5.13, 0.01}, {8, 30, 0.95, 4.60, 0.01}};
    for (const auto& [means, degrees, confidence, q, digit] : table)
        EXPECT_NEAR((studentised_range{means, degrees}.quantile(confidence)), q, digit * 0.6)
            << means << ' ' << degrees;
}

TEST(studentised_range, is_students_t_for_two_means) {
    for (const double degrees : {1.0, 2.0, 7.0, 45.0, 1e5})
        for (const double confidence : {0.5, 0.9, 0.95, 0.99}) {
            const double t = boost::math::quantile(boost::math::students_t(degrees), (1 + confidence) / 2);
            EXPECT_NEAR((studentised_range{2, degrees}.quantile(confidence)) / (std::sqrt(2.0) * t), 1, 1e-6)
                << degrees << ' ' << confidence;
        }
}

TEST(letters, are_shared_exactly_by_those_not_told_apart) {
    EXPECT_THAT(letters_for(3, {}), ElementsAre("a", "a", "a"));
    EXPECT_THAT(letters_for(3, {{0, 1}, {0, 2}, {1, 2}}), ElementsAre("a", "b", "c"));
    EXPECT_THAT(letters_for(3, {{0, 2}}), ElementsAre("a", "ab", "b"));
    // Not along a line: the middle one has more noise than those around it.
    EXPECT_THAT(letters_for(4, {{0, 2}, {1, 3}}), ElementsAre("ab", "ac", "cd", "bd"));
    EXPECT_THAT(letters_for(0, {}), ElementsAre());
}

TEST(letters, are_right_for_every_relation_of_five) {
    for (unsigned relation = 0; relation < 1U << 10U; ++relation) {
        std::vector<std::pair<std::size_t, std::size_t>> apart;
        unsigned bit = 0;
        for (std::size_t a = 0; a < 5; ++a)
            for (std::size_t b = a + 1; b < 5; ++b)
                if ((relation >> bit++ & 1U) != 0) apart.emplace_back(a, b);
        const auto letters = letters_for(5, apart);
        for (std::size_t a = 0; a < 5; ++a)
            for (std::size_t b = a + 1; b < 5; ++b) {
                const bool share = letters[a].find_first_of(letters[b]) != std::string::npos;
                const bool told = std::find(apart.begin(), apart.end(), std::pair(a, b)) != apart.end();
                ASSERT_NE(share, told) << relation << ' ' << a << ' ' << b;
            }
    }
}

/// Two treatments and ten rounds, whose differences have the mean `apart` and the deviation `noise`.
comparison_result of_two(double apart, double noise, double confidence = 0.95) {
    block_design design{{"a", "b"}, {}};
    for (int round = 0; round < 10; ++round)
        design.values.push_back({apart + (round % 2 == 0 ? noise : -noise) * std::sqrt(0.9), 0.0});
    return compare_in_blocks(design, {.on = scale::difference, .confidence = confidence});
}

// The power of the paired t-test at 5 %: 80 % takes 34 pairs for half a deviation (J. Cohen, Statistical
// Power Analysis, 1988, with the exact t), 10 for a whole one.
TEST(rounds_needed, are_those_of_a_power_analysis) {
    EXPECT_EQ(rounds_to_see(0.5, of_two(0, 1)), 34U);
    EXPECT_EQ(rounds_to_see(-1, of_two(0, 1)), 10U);
    const auto seen = of_two(0.5, 1);
    EXPECT_EQ(rounds_to_separate(seen.pairs[0], seen), 34U);
}

// Two rounds: T has one degree of freedom, its limit is 63.66, and it takes a noncentrality of 81.6.
TEST(rounds_needed, are_those_of_a_power_analysis_for_few_rounds) {
    EXPECT_EQ(rounds_to_see(56, of_two(0, 1, 0.99)), 3U);
    EXPECT_EQ(rounds_to_see(59, of_two(0, 1, 0.99)), 2U);
}

TEST(rounds_needed, are_those_of_the_wider_interval_where_the_noise_is_unclear) {
    block_design design{{"a", "b", "c"}, {}};
    for (const double round : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
        design.values.push_back({std::sin(round), std::sin(2 * round), std::sin(3 * round)});
    auto made = compare_in_blocks(design, {.on = scale::difference});
    const auto rounds_with = [&](spread noise) {
        made.noise = noise;
        return std::pair(rounds_to_see(1, made), rounds_to_separate(made.pairs[0], made));
    };
    const auto common = rounds_with(spread::common);
    const auto own = rounds_with(spread::own);
    EXPECT_GT(own.first, common.first);
    EXPECT_EQ(rounds_with(spread::unclear), own);
}

TEST(rounds_needed, do_not_exist_for_what_cannot_be_seen) {
    EXPECT_EQ(rounds_to_see(0, of_two(1, 1)), std::nullopt);
    EXPECT_EQ(rounds_to_see(1e-6, of_two(0, 1)), std::nullopt);
    EXPECT_EQ(rounds_to_see(1e6, of_two(0, 1)), 2U);
    EXPECT_EQ(rounds_to_see(2, compare_in_blocks({})), std::nullopt);
    EXPECT_EQ(rounds_to_see(2, compare_in_blocks({{"a", "b"}, {{1.0, 2.0}, {1.0, 2.0}}})), 2U);
}

TEST(correctness, is_lost_by_a_single_coupon) {
    EXPECT_TRUE(qualifies({}));
    EXPECT_FALSE(qualifies({.oversold = 1}));
    EXPECT_FALSE(qualifies({.duplicates = 1}));
    EXPECT_FALSE(qualifies({.lost = 1}));
    EXPECT_FALSE(qualifies({.unexplained = 1}));
    EXPECT_FALSE(qualifies({.miscounted = 1}));
    wrongs all{.oversold = 1};
    all += {.oversold = 2, .lost = 4, .miscounted = 5};
    EXPECT_EQ(describe(all), "3 oversold, 4 lost, 5 miscounted");
    EXPECT_EQ(describe({}), "");
}

}  // namespace
}  // namespace dibs::stats
