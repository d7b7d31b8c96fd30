// How often a comparison errs, by simulation: many benches of strategies whose truth is known.
#include "stats/block_comparison.hpp"

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace dibs::stats {
namespace {

constexpr std::size_t benches = 2000;
/// Two standard errors of a share of 5 % of so many.
const double two_errors = 2 * std::sqrt(0.05 * 0.95 / benches);

/// A strategy of a simulated bench.
struct simulated {
    double slower = 1;     ///< than the others, times
    double noise = 0.05;   ///< of its logarithm
    double disturbed = 0;  ///< share of its runs that take ten times as long for reasons not its own
};

class bench_simulator {
   public:
    explicit bench_simulator(std::uint32_t seed) : random_(seed) {}

    /// Rounds stray by a tenth, all strategies alike.
    block_design bench(const std::vector<simulated>& strategies, std::size_t rounds) {
        block_design made;
        made.treatments.resize(strategies.size());
        for (std::size_t round = 0; round < rounds; ++round) {
            const double machine = 0.1 * normal_(random_);
            auto& values = made.values.emplace_back();
            for (const auto& one : strategies)
                values.emplace_back(20 * one.slower * (chance_(random_) < one.disturbed ? 10 : 1) *
                                    std::exp(machine + one.noise * normal_(random_)));
        }
        return made;
    }

   private:
    boost::random::mt19937 random_;
    boost::random::normal_distribution<double> normal_;
    boost::random::uniform_01<double> chance_;
};

/// The share of benches in which `found` is true of the comparison.
template <class Found>
double share_of_benches(const std::vector<simulated>& strategies, std::size_t rounds, const Found& found) {
    bench_simulator simulator(6);
    std::size_t count = 0;
    for (std::size_t i = 0; i < benches; ++i)
        if (found(compare_in_blocks(simulator.bench(strategies, rounds)))) ++count;
    return static_cast<double>(count) / benches;
}

bool tells_any_apart(const comparison_result& made) {
    return std::any_of(made.pairs.begin(), made.pairs.end(), [](const auto& pair) { return pair.separated; });
}

TEST(error_rates, of_six_identical_strategies_one_bench_in_twenty_tells_two_apart) {
    const double share = share_of_benches(std::vector<simulated>(6), 10, tells_any_apart);
    EXPECT_LE(share, 0.05 + two_errors);
    EXPECT_GE(share, 0.05 - 2 * two_errors);  // nor is it won by saying nothing
}

TEST(error_rates, do_not_grow_where_one_strategy_is_much_noisier) {
    std::vector<simulated> strategies(6);
    strategies.front().noise = 0.5;
    EXPECT_LE(share_of_benches(strategies, 10, tells_any_apart), 0.05 + two_errors);
}

TEST(error_rates, a_tenth_at_a_twentieth_of_noise_is_found_in_ten_rounds) {
    std::vector<simulated> strategies(6);
    strategies[1].slower = 1.1;
    strategies[2].slower = 1.5;
    strategies[3].slower = 2;
    const double share =
        share_of_benches(strategies, 10, [](const auto& made) { return made.between(1, 0).separated; });
    EXPECT_GE(share, 0.85);
    EXPECT_LE(share, 0.95);  // what these rounds and this noise can give
}

TEST(error_rates, of_ranks_are_no_larger_and_disturbed_runs_hide_less_from_them) {
    const auto apart_by_ranks = [](const comparison_result& made) {
        const auto [lowest, highest] = std::ranges::minmax(made.ranks->mean_ranks);
        return highest - lowest > made.ranks->critical;
    };
    EXPECT_LE(share_of_benches(std::vector<simulated>(6), 10, apart_by_ranks), 0.05 + two_errors);
    std::vector<simulated> strategies(6, {.disturbed = 0.1});
    EXPECT_LE(share_of_benches(strategies, 10, apart_by_ranks), 0.05 + two_errors);
    strategies[1].slower = 2;
    const auto by_ranks = [](const auto& made) { return made.ranks->behind(1, 0); };
    const auto by_intervals = [](const auto& made) { return made.between(1, 0).separated; };
    EXPECT_GE(share_of_benches(strategies, 10, by_ranks),
              share_of_benches(strategies, 10, by_intervals) + 0.2);
}

TEST(error_rates, the_noise_floor_is_what_identical_strategies_reach_in_one_bench_of_twenty) {
    const double beyond = share_of_benches(std::vector<simulated>(6), 10, [](const auto& made) {
        const double ratio = made.between(0, 1).estimate;
        return std::max(ratio, 1 / ratio) > made.chance->one_pair;
    });
    EXPECT_NEAR(beyond, 0.05, 2 * two_errors);
}

TEST(error_rates, drift_is_seen_where_there_is_none_in_one_bench_of_twenty) {
    const double seen =
        share_of_benches(std::vector<simulated>(6), 10, [](const auto& made) { return made.drift->seen; });
    EXPECT_NEAR(seen, 0.05, 2 * two_errors);
}

}  // namespace
}  // namespace dibs::stats
