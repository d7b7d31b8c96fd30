#pragma once

#include "stats/comparison.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace dibs::stats {

enum class change_verdict {
    better,
    worse,
    none_seen,  ///< the interval holds "no change", too
    not_enough  ///< fewer than two runs before or after
};

/// How runs of one thing differ from earlier ones.
struct change_result {
    std::size_t runs_before = 0;  ///< that could be taken on the scale: all other figures are of these
    std::size_t runs_after = 0;
    std::size_t nothing_before = 0;  ///< runs that could not: for ratios, those that are 0
    std::size_t nothing_after = 0;
    double before = 0;  ///< mean, geometric for ratios; 0 without runs
    double after = 0;
    std::optional<double> estimate;  ///< after / before, or after − before; empty without runs of both
    std::optional<interval> confidence;
    change_verdict says = change_verdict::not_enough;

    /// Whether a larger share of the runs is nothing than before.
    bool fell_to_nothing() const;

    /// By what share of `before` it is worse; negative where it is better; 0 without runs of both.
    double worse_by(const comparison_options& options) const;
};

/// Welch's interval: the two benches may have different noise, and their rounds nothing in common. Values
/// that cannot be taken on the scale are counted and left out.
change_result change_of(std::span<const double> before, std::span<const double> after,
                        const comparison_options& options);

}  // namespace dibs::stats
