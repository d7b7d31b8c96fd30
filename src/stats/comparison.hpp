#pragma once

#include "stats/ranking.hpp"
#include "stats/sample.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// What a comparison of treatments comes to, whichever design it has. Pure.
namespace dibs::stats {

enum class scale {
    ratio,      ///< of values above 0: their logarithms are compared, means are geometric
    difference  ///< means are arithmetic and compared by differences
};

struct comparison_options {
    scale on = scale::ratio;
    best first = best::lowest;
    double confidence = 0.95;  ///< of every interval, of those of pairs all together
};

struct treatment_result {
    std::string name;
    std::size_t runs = 0;  ///< that counted
    double mean = 0;       ///< 0 without runs
    /// Student's t over its own runs: for this treatment alone. Whether two of these overlap does not say
    /// whether the two differ; `pair_result` does. Empty for fewer than two runs.
    std::optional<interval> confidence;
    /// Two treatments that share a letter were not told apart. Best first: `a`, `ab`, `b`.
    std::string letters;
};

struct pair_result {
    std::size_t left = 0;  ///< index of a treatment
    std::size_t right = 0;
    double estimate = 0;        ///< left / right, or left − right
    interval confidence;        ///< simultaneous: all pairs' hold together
    bool separated = false;     ///< whether it excludes 1, or 0
    double standard_error = 0;  ///< of the estimate, for ratios of its logarithm
};

/// How the last round compares with the first, by the straight line through all of them.
struct drift_result {
    double estimate = 0;  ///< last / first, or last − first
    interval confidence;
    bool seen = false;  ///< whether it excludes 1, or 0
};

/// What two identical treatments would show by chance, with as many rounds and as much noise: only one
/// comparison in twenty (at a confidence of 0.95) has a ratio beyond it, or its inverse; or a difference.
struct noise_floor {
    double one_pair = 0;  ///< of two that were chosen beforehand
    double any_pair = 0;  ///< of the two furthest apart
};

enum class lack {
    nothing,
    treatments,  ///< fewer than two
    runs         ///< fewer than two complete rounds, or runs of each treatment
};

/// How the noise was taken, by what a test for equal noise said of it.
enum class spread {
    common,   ///< as one figure for all treatments, from all residuals
    unclear,  ///< each pair's interval is the wider of the two that the others would give
    own       ///< for each pair from its own runs, as the treatments' noise clearly differs
};

/// What ranks within the rounds say; compare_ranks() in rank_comparison.hpp.
struct rank_result {
    std::vector<double> mean_ranks;  ///< by treatment; 1: the best of every round
    double probability = 1;          ///< of such ranks, if the treatments are identical
    double critical = 0;  ///< treatments whose mean ranks differ by more are told apart, all at once

    bool behind(std::size_t one, std::size_t other) const {
        return mean_ranks[one] - mean_ranks[other] > critical;
    }
};

struct comparison_result {
    comparison_options options;
    /// What a comparison lacks; treatments are there all the same, with the figures that exist.
    lack lacks = lack::nothing;
    std::size_t rounds = 0;           ///< that counted: complete ones; 0 where runs were not in rounds
    std::size_t rounds_left_out = 0;  ///< in which a treatment's run is missing or measured nothing
    std::vector<treatment_result> treatments;  ///< as given
    std::vector<std::size_t> order;            ///< indices of treatments, best first
    std::vector<pair_result> pairs;            ///< each once, left < right
    spread noise = spread::common;
    /// Standard deviation of a run about what its treatment and round make expect, over all treatments; for
    /// ratios of the logarithm, which is about a share: 0.05 for 5 %. The one figure where noise is common.
    double deviation = 0;
    std::optional<drift_result> drift;  ///< for three rounds and more
    std::optional<noise_floor> chance;
    std::optional<rank_result> ranks;  ///< for runs in rounds, if there are enough

    bool enough() const { return lacks == lack::nothing; }
    /// The pair in this direction; both are indices of treatments, not equal, and there was enough.
    pair_result between(std::size_t left, std::size_t right) const;
    /// The best and all that were not told apart from it, best first.
    std::vector<std::size_t> leaders() const;
};

}  // namespace dibs::stats
