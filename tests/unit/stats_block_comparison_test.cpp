#include "stats/block_comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dibs::stats {
namespace {

using testing::ElementsAre;

block_design by_treatment(std::vector<std::string> names, const std::vector<std::vector<double>>& rows) {
    block_design design;
    design.treatments = std::move(names);
    for (std::size_t round = 0; round < rows.front().size(); ++round) {
        auto& values = design.values.emplace_back();
        for (const auto& row : rows) values.emplace_back(row[round]);
    }
    return design;
}

/// Yields of vascular grafts at four pressures, in six batches of resin: D. C. Montgomery, Design and
/// Analysis of Experiments, 6th ed., example 4-1: SS of treatments 178.17, of blocks 192.25, of the error
/// 109.89 at 15 degrees of freedom, mean square 7.33.
block_design vascular_grafts() {
    return by_treatment({"8500", "8700", "8900", "9100"}, {{90.3, 89.2, 98.2, 93.9, 87.4, 97.9},
                                                           {92.5, 89.5, 90.6, 94.7, 87.0, 95.8},
                                                           {85.5, 90.8, 89.6, 86.2, 88.0, 93.4},
                                                           {82.5, 89.5, 85.6, 87.4, 78.9, 90.7}});
}

/// Depths of a tip's dent in four coupons: the same, 5th ed., table 4-3: mean square of the error 0.0089
/// at 9.
block_design hardness() {
    return by_treatment(
        {"1", "2", "3", "4"},
        {{9.3, 9.4, 9.6, 10.0}, {9.4, 9.3, 9.8, 9.9}, {9.2, 9.4, 9.5, 9.7}, {9.7, 9.6, 10.0, 10.2}});
}

const comparison_options by_difference{.on = scale::difference};

std::vector<std::string> letters_of(const comparison_result& made) {
    std::vector<std::string> letters;
    for (const auto& one : made.treatments) letters.push_back(one.letters);
    return letters;
}

TEST(block_comparison, agrees_with_a_textbook) {
    const auto made = compare_in_blocks(vascular_grafts(), by_difference);
    ASSERT_TRUE(made.enough());
    EXPECT_EQ(made.noise, spread::common);
    EXPECT_NEAR(made.deviation * made.deviation, 109.89 / 15, 0.001);
    EXPECT_NEAR(made.treatments[0].mean, 92.817, 0.001);
    const auto pair = made.between(0, 3);
    EXPECT_NEAR(pair.estimate, 7.05, 0.001);
    EXPECT_NEAR(pair.confidence.upper - pair.estimate, 4.076 * std::sqrt(109.89 / 15 / 6), 0.002);
    EXPECT_THAT(letters_of(made), ElementsAre("b", "b", "ab", "a"));
    EXPECT_THAT(made.order, ElementsAre(3, 2, 1, 0));
    EXPECT_THAT(made.leaders(), ElementsAre(3, 2));
}

TEST(block_comparison, takes_out_what_the_rounds_have_in_common) {
    const auto made = compare_in_blocks(hardness(), {scale::difference, best::highest, 0.95});
    EXPECT_NEAR(made.deviation * made.deviation, 0.080 / 9, 1e-4);
    EXPECT_THAT(letters_of(made), ElementsAre("b", "b", "b", "a"));
    EXPECT_TRUE(made.drift->seen);  // the coupons get harder: 9.4, 9.425, 9.725, 9.95
    EXPECT_NEAR(made.drift->estimate, 3 * 0.195, 1e-9);
}

TEST(block_comparison, compares_two_as_students_paired_test) {
    // differences 1, 2, 3, 6: mean 3, deviation 2.1602, t(0.975; 3) 3.18245
    const auto made =
        compare_in_blocks(by_treatment({"a", "b"}, {{2, 4, 6, 10}, {1, 2, 3, 4}}), by_difference);
    EXPECT_NEAR(made.pairs[0].confidence.lower, 3 - 3.182446 * 2.160247 / 2, 1e-5);
    EXPECT_FALSE(made.pairs[0].separated);
}

TEST(block_comparison, has_ratios_of_geometric_means) {
    auto design = vascular_grafts();
    for (auto& round : design.values)
        for (auto& value : round) *value = std::exp(*value / 100);
    const auto made = compare_in_blocks(design);
    const auto pair = made.between(3, 0);
    EXPECT_NEAR(pair.estimate, std::exp(-0.0705), 1e-6);
    EXPECT_NEAR(pair.confidence.lower, 1 / made.between(0, 3).confidence.upper, 1e-12);
    EXPECT_NEAR(made.chance->any_pair, std::exp(0.04076 * std::sqrt(109.89 / 15 / 6)), 1e-4);
    EXPECT_NEAR(made.chance->one_pair, std::exp(0.021314 * std::sqrt(2 * 109.89 / 15 / 6)), 1e-4);
    EXPECT_THAT(letters_of(made), ElementsAre("b", "b", "ab", "a"));
}

TEST(block_comparison, leaves_out_rounds_that_are_not_complete) {
    auto design = vascular_grafts();
    const auto whole = compare_in_blocks(design);
    design.values.insert(design.values.begin() + 2, {1.0, std::nullopt, 1.0, 1.0});
    design.values.push_back({1.0, 0.0, 1.0, 1.0});  // no p95 is 0: it measured nothing
    design.values.push_back({1.0, std::numeric_limits<double>::infinity(), 1.0, 1.0});
    const auto made = compare_in_blocks(design);
    EXPECT_EQ(made.rounds, 6U);
    EXPECT_EQ(made.rounds_left_out, 3U);
    EXPECT_EQ(made.deviation, whole.deviation);
    EXPECT_EQ(made.treatments[0].mean, whole.treatments[0].mean);
}

TEST(block_comparison, says_what_is_lacking) {
    EXPECT_EQ(compare_in_blocks({}).lacks, lack::treatments);
    EXPECT_EQ(compare_in_blocks(by_treatment({"a"}, {{1, 2, 3}})).lacks, lack::treatments);
    const auto one = compare_in_blocks({{"a", "b"}, {{4.0, 2.0}, {9.0, std::nullopt}}});
    EXPECT_EQ(one.lacks, lack::runs);
    EXPECT_NEAR(one.treatments[0].mean, 6, 1e-12);
    EXPECT_THAT(one.order, ElementsAre(1, 0));
    EXPECT_THAT(one.leaders(), ElementsAre(1));
    EXPECT_EQ(compare_in_blocks({{"a", "b"}, {}}).lacks, lack::runs);
}

TEST(block_comparison, knows_no_noise_from_rounding) {
    const auto same = compare_in_blocks(by_treatment({"a", "b", "c"}, {{0.1, 0.3}, {0.1, 0.3}, {0.1, 0.3}}));
    EXPECT_THAT(letters_of(same), ElementsAre("a", "a", "a"));
    EXPECT_EQ(same.deviation, 0);
    const auto steady = compare_in_blocks(
        by_treatment({"a", "b", "c"}, {{0.1, 0.3, 0.7}, {0.11, 0.33, 0.77}, {0.12, 0.36, 0.84}}));
    EXPECT_EQ(steady.deviation, 0);
    EXPECT_EQ(steady.noise, spread::common);
    EXPECT_EQ(steady.chance->any_pair, 1);
    const auto apart = compare_in_blocks(
        by_treatment({"a", "b", "c"}, {{100, 100, 100}, {100, 100, 100}, {90, 90, 90}}), by_difference);
    EXPECT_THAT(letters_of(apart), ElementsAre("b", "b", "a"));
    EXPECT_EQ(apart.between(0, 2).confidence.lower, 10);
}

TEST(group_comparison, agrees_with_tukeys_test_of_r) {
    // R's PlantGrowth (Dobson 1983) and what its TukeyHSD prints
    const auto made = compare_groups({{"ctrl", {4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14}},
                                      {"trt1", {4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69}},
                                      {"trt2", {6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26}}},
                                     by_difference);
    EXPECT_EQ(made.noise, spread::common);
    EXPECT_NEAR(made.between(1, 0).confidence.lower, -1.0622161, 2e-6);
    EXPECT_NEAR(made.between(2, 0).confidence.upper, 1.1852161, 2e-6);
    EXPECT_NEAR(made.between(2, 1).confidence.lower, 0.1737839, 2e-6);
    EXPECT_EQ(made.rounds, 0U);
}

TEST(group_comparison, takes_each_pairs_own_noise_where_it_differs) {
    const auto made = compare_groups({{"quiet", {100, 101, 100, 99, 100}},
                                      {"calm", {103, 104, 103, 102, 103}},
                                      {"wild", {60, 150, 90, 130, 75}}},
                                     by_difference);
    EXPECT_EQ(made.noise, spread::own);
    EXPECT_TRUE(made.between(0, 1).separated);
    EXPECT_FALSE(made.between(0, 2).separated);
    EXPECT_EQ(compare_groups({{"a", {1}}, {"b", {1, 2}}}).lacks, lack::runs);
}

}  // namespace
}  // namespace dibs::stats
