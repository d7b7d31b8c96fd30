#include "stats/sample.hpp"
#include "stats/sinks.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

namespace dibs::stats {
namespace {

std::vector<double> latencies(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> any(2, 1);
    std::vector<double> made(count);
    for (double& value : made) value = any(random);
    return made;
}

trend trend_of(const std::vector<double>& samples) {
    trend made;
    for (const double value : samples) made.add(value);
    return made;
}

std::vector<double> joined(std::vector<double> one, const std::vector<double>& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

void expect_figures_of(const trend& made, std::vector<double> samples) {
    std::ranges::sort(samples);
    EXPECT_EQ(made.count(), samples.size());
    EXPECT_EQ(made.min(), samples.front());
    EXPECT_EQ(made.max(), samples.back());
    double sum = 0;
    for (const double value : samples) sum += value;
    EXPECT_NEAR(made.average(), sum / static_cast<double>(samples.size()), 1e-9 * made.average());
    const double error = made.exact() ? 0 : histogram::relative_error * (1 + 1e-12);
    for (const double p : {0.1, 0.5, 0.9, 0.95, 0.99, 0.9999}) {
        const double exact = percentile(samples, p);
        EXPECT_LE(std::abs(made.percentile(p) - exact), exact * error) << p;
    }
}

constexpr std::size_t few = trend::exact_samples / 2;
constexpr std::size_t many = trend::exact_samples * 2;

TEST(trend_memory, is_exact_to_the_last_sample_it_promises_to_keep) {
    std::vector<double> samples = latencies(trend::exact_samples, 1);
    trend made = trend_of(samples);
    EXPECT_TRUE(made.exact());
    expect_figures_of(made, samples);
    samples.push_back(12);
    made.add(12);
    EXPECT_FALSE(made.exact());
    expect_figures_of(made, samples);
}

TEST(trend_memory, merges_in_all_combinations) {
    const std::vector<double> short_run = latencies(few, 2);
    const std::vector<double> other_short_run = latencies(few + 1, 3);
    const std::vector<double> long_run = latencies(many, 4);
    const std::vector<double> other_long_run = latencies(many, 5);
    struct pair {
        const std::vector<double>& one;
        const std::vector<double>& other;
    };
    for (const pair& both : {pair{short_run, other_short_run}, pair{short_run, long_run},
                             pair{long_run, short_run}, pair{long_run, other_long_run}}) {
        trend merged = trend_of(both.one);
        merged.merge(trend_of(both.other));
        EXPECT_FALSE(merged.exact());
        expect_figures_of(merged, joined(both.one, both.other));
    }
    trend small = trend_of(latencies(10, 6));
    small.merge(trend_of(latencies(20, 7)));
    EXPECT_TRUE(small.exact());
    expect_figures_of(small, joined(latencies(10, 6), latencies(20, 7)));
}

TEST(trend_memory, merging_with_nothing_changes_nothing) {
    const std::vector<double> long_run = latencies(many, 8);
    trend from_empty;
    from_empty.merge(trend_of(long_run));
    from_empty.merge(trend());
    expect_figures_of(from_empty, long_run);
    EXPECT_TRUE(trend().exact());
}

TEST(trend_memory, refuses_what_is_no_duration_in_either_state) {
    trend made;
    EXPECT_THROW(made.add(-1), std::domain_error);
    EXPECT_THROW(made.add(std::nan("")), std::domain_error);
    EXPECT_TRUE(made.empty());
    made = trend_of(latencies(many, 9));
    EXPECT_THROW(made.add(-1), std::domain_error);
    EXPECT_EQ(made.count(), many);
}

std::size_t allocated() {
    const auto now = mallinfo2();
    return now.uordblks + now.hblkhd;  // large blocks are mapped
}

TEST(trend_memory, stays_the_same_for_millions_of_samples) {
    const std::vector<double> pool = latencies(10'000, 10);
    trend made;
    const auto add_a_million = [&] {
        for (int i = 0; i < 100; ++i)
            for (const double value : pool) made.add(value);
    };
    add_a_million();
    const std::size_t used = allocated();
    for (int i = 0; i < 4; ++i) add_a_million();
    EXPECT_EQ(made.count(), 5'000'000U);
    EXPECT_EQ(allocated(), used);
    EXPECT_NEAR(made.median(), std::exp(2), 0.2);
}

}  // namespace
}  // namespace dibs::stats
