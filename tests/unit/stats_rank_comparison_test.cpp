// Comparing by ranks within rounds.
#include "stats/rank_comparison.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace dibs::stats {
namespace {

/// Three ways of rounding first base by 22 players, in seconds: R's help page of friedman.test, after
/// M. Hollander and D. A. Wolfe, Nonparametric Statistical Methods (1973), p. 140.
std::vector<named_values> base_runners() {
    constexpr std::array<std::array<double, 3>, 22> times{
        {{5.40, 5.50, 5.55}, {5.85, 5.70, 5.75}, {5.20, 5.60, 5.50}, {5.55, 5.50, 5.40}, {5.90, 5.85, 5.70},
         {5.45, 5.55, 5.60}, {5.40, 5.40, 5.35}, {5.45, 5.50, 5.35}, {5.25, 5.15, 5.00}, {5.85, 5.80, 5.70},
         {5.25, 5.20, 5.10}, {5.65, 5.55, 5.45}, {5.60, 5.35, 5.45}, {5.05, 5.00, 4.95}, {5.50, 5.50, 5.40},
         {5.45, 5.55, 5.50}, {5.55, 5.55, 5.35}, {5.45, 5.50, 5.55}, {5.50, 5.45, 5.25}, {5.65, 5.60, 5.40},
         {5.70, 5.65, 5.55}, {6.30, 6.30, 6.25}}};
    std::vector<named_values> made{{"round out", {}}, {"narrow angle", {}}, {"wide angle", {}}};
    for (const auto& player : times)
        for (std::size_t i = 0; i < made.size(); ++i) made[i].values.push_back(player[i]);
    return made;
}

TEST(rank_comparison, agrees_with_published_values) {
    const auto found = compare_ranks(base_runners(), {});
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->probability, 0.003805, 5e-7);
    EXPECT_NEAR(found->mean_ranks.at(0) * 22, 53, 1e-9);
    EXPECT_NEAR(found->mean_ranks.at(1) * 22, 47, 1e-9);
    EXPECT_NEAR(found->mean_ranks.at(2) * 22, 32, 1e-9);
    // Demsar (JMLR 7, 2006): q = 2.343 for three, 2.850 for six, times the root of k (k + 1) / 6 n
    EXPECT_NEAR(found->critical, 2.343 * std::sqrt(3 * 4 / (6.0 * 22)), 1e-3);
    EXPECT_TRUE(found->behind(0, 2));
    EXPECT_FALSE(found->behind(2, 0));
    EXPECT_FALSE(found->behind(0, 1));
}

TEST(rank_comparison, turns_round_where_the_highest_is_best) {
    comparison_options options;
    options.first = best::highest;
    const auto found = compare_ranks(base_runners(), options);
    EXPECT_NEAR(found->mean_ranks.at(2) * 22, 22 * 4 - 32, 1e-9);
    EXPECT_TRUE(found->behind(2, 0));
}

TEST(rank_comparison, does_not_tell_equals_apart) {
    const std::vector<double> same(8, 5.0);
    const auto found = compare_ranks(std::vector<named_values>{{"a", same}, {"b", same}}, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->probability, 1);
    EXPECT_FALSE(found->behind(0, 1));
}

TEST(rank_comparison, needs_two_and_rounds) {
    const std::vector<double> few(fewest_rounds_to_rank - 1, 5.0);
    EXPECT_FALSE(compare_ranks(std::vector<named_values>{{"a", few}, {"b", few}}, {}));
    EXPECT_FALSE(compare_ranks(std::vector<named_values>{{"a", std::vector<double>(9, 1.0)}}, {}));
    EXPECT_FALSE(compare_ranks({}, {}));
}

}  // namespace
}  // namespace dibs::stats
