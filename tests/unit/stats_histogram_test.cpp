#include "stats/histogram.hpp"
#include "stats/sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace dibs::stats {
namespace {

constexpr double slack = 1 + 1e-12;  // the rounding of a double

/// Latencies over nine powers of ten, which are what a histogram finds hardest.
std::vector<double> spread_samples(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> exponent(-6, 3);
    std::vector<double> made(count);
    for (double& value : made) value = std::pow(10, exponent(random));
    return made;
}

histogram histogram_of(const std::vector<double>& samples) {
    histogram made;
    for (const double value : samples) made.add(value);
    return made;
}

void expect_near_share(double found, double exact) {
    EXPECT_LE(std::abs(found - exact), exact * histogram::relative_error * slack) << exact;
}

TEST(histogram, is_empty_at_first) {
    const histogram none;
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.count(), 0U);
    EXPECT_EQ(none.percentile(0.5), 0);
    EXPECT_EQ(none.average(), 0);
    EXPECT_TRUE(none.buckets().empty());
}

TEST(histogram, keeps_its_precision_from_a_nanosecond_to_twelve_days) {
    for (double value = 1e-6; value < histogram::limit; value *= 1.0021) {
        histogram three;
        three.add(0);
        three.add(value);
        three.add(histogram::limit / slack);
        expect_near_share(three.percentile(0.5), value);
    }
}

TEST(histogram, puts_a_sample_below_its_buckets_upper_bound_and_not_below_the_one_before) {
    for (double value = 1e-6; value < histogram::limit / 1.01; value *= 1.0021) {
        histogram one;
        one.add(value);
        ASSERT_EQ(one.buckets().size(), 1U);
        const double upper = one.buckets()[0].upper;
        EXPECT_LT(value, upper);
        histogram next;
        next.add(upper);
        EXPECT_GT(next.buckets()[0].upper, upper);
        EXPECT_LE(upper - value, value * 2 * histogram::relative_error * slack);
    }
}

TEST(histogram, has_the_percentiles_of_its_samples) {
    for (const std::size_t count : {1U, 2U, 3U, 10U, 999U, 20'000U}) {
        std::vector<double> samples = spread_samples(count, count);
        const histogram made = histogram_of(samples);
        std::ranges::sort(samples);
        for (const double p : {0.0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0})
            expect_near_share(made.percentile(p), percentile(samples, p));
        EXPECT_EQ(made.min(), samples.front());
        EXPECT_EQ(made.percentile(0), samples.front());
        EXPECT_EQ(made.max(), samples.back());
        EXPECT_EQ(made.percentile(1), samples.back());
        EXPECT_EQ(made.count(), count);
    }
}

TEST(histogram, interpolates_between_samples_far_apart) {
    histogram two;
    two.add(100);
    two.add(200);
    EXPECT_EQ(two.percentile(0.5), 150);
}

TEST(histogram, sums_exactly) {
    histogram made;
    made.add(0.5);
    made.add(2.25, 3);
    EXPECT_EQ(made.sum(), 7.25);
    EXPECT_EQ(made.count(), 4U);
    EXPECT_EQ(made.average(), 7.25 / 4);
}

TEST(histogram, merging_is_adding_all) {
    const std::vector<double> first = spread_samples(5000, 1);
    std::vector<double> second = spread_samples(300, 2);
    for (double& value : second) value *= 1e4;  // other octaves than the first's too
    histogram merged = histogram_of(first);
    merged.merge(histogram_of(second));
    std::vector<double> all = first;
    all.insert(all.end(), second.begin(), second.end());
    const histogram added = histogram_of(all);
    EXPECT_EQ(merged.buckets(), added.buckets());
    EXPECT_EQ(merged.count(), added.count());
    EXPECT_EQ(merged.min(), added.min());
    EXPECT_EQ(merged.max(), added.max());
    EXPECT_NEAR(merged.sum(), added.sum(), 1e-9 * added.sum());

    histogram into_empty;
    into_empty.merge(added);
    into_empty.merge(histogram());
    EXPECT_EQ(into_empty, added);
}

TEST(histogram, refuses_what_is_no_duration_and_counts_none_of_it) {
    histogram made;
    made.add(1);
    const histogram before = made;
    for (const double wrong :
         {-1e-9, -1.0, histogram::limit, std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
        EXPECT_THROW(made.add(wrong), std::domain_error) << wrong;
    EXPECT_EQ(made, before);
}

TEST(histogram, takes_what_is_shorter_than_it_can_tell_for_nothing) {
    histogram made;
    made.add(0);
    made.add(-0.0);
    made.add(1e-9);
    made.add(std::numeric_limits<double>::denorm_min());
    ASSERT_EQ(made.buckets().size(), 1U);
    EXPECT_EQ(made.buckets()[0].upper, histogram::smallest);
    EXPECT_EQ(made.percentile(0.5), 0);
}

TEST(histogram, is_restored_from_its_parts) {
    std::vector<double> samples = spread_samples(1000, 3);
    samples.insert(samples.end(), {0, 1e-7, histogram::limit / 1.0000001});
    const histogram made = histogram_of(samples);
    EXPECT_EQ(histogram::restored(made.buckets(), {made.min(), made.max()}, made.sum()), made);
    EXPECT_EQ(histogram::restored({}, {}, 0), histogram());
}

TEST(histogram, is_not_restored_from_what_no_samples_make) {
    using parts = std::vector<histogram::bucket>;
    const auto restore = [](const parts& buckets, const histogram::extremes& ends, double sum) {
        return histogram::restored(buckets, ends, sum);
    };
    const histogram::extremes ends{1, 2};
    const double first = 1 + 1.0 / 256;  // the bound above 1
    const double last = 2 + 2.0 / 256;
    EXPECT_NO_THROW(restore({{first, 1}, {last, 1}}, ends, 3));
    const auto nan = std::numeric_limits<double>::quiet_NaN();
    for (const double bound : {1.001, 0.0, -1.0, 1e-300, 1e300, nan, 3 * histogram::limit})
        EXPECT_THROW(restore({{bound, 1}}, {1, 1}, 1), std::invalid_argument) << bound;
    EXPECT_THROW(restore({{last, 1}, {first, 1}}, ends, 3), std::invalid_argument);
    EXPECT_THROW(restore({{first, 1}, {first, 1}}, {1, 1}, 2), std::invalid_argument);
    EXPECT_THROW(restore({{first, 1}, {last, 0}}, ends, 3), std::invalid_argument);
    for (const histogram::extremes& wrong :
         {histogram::extremes{0.9, 2}, {1, 3}, {-1, 2}, {nan, 2}, {1, histogram::limit}})
        EXPECT_THROW(restore({{first, 1}, {last, 1}}, wrong, 3), std::invalid_argument);
    for (const double sum : {1.9, 4.1, nan})
        EXPECT_THROW(restore({{first, 1}, {last, 1}}, ends, sum), std::invalid_argument);
    EXPECT_THROW(restore({}, {}, 1), std::invalid_argument);
}

}  // namespace
}  // namespace dibs::stats
