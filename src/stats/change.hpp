#pragma once

#include "stats/comparison.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace dibs::stats {

enum class verdict {
    better,
    worse,
    none_seen,  ///< the interval holds "no change", too
    not_enough  ///< fewer than two runs before or after
};

/// How runs of one thing differ from earlier ones.
struct change_result {
    std::size_t runs_before = 0;
    std::size_t runs_after = 0;
    double before = 0;  ///< mean, geometric for ratios; 0 without runs
    double after = 0;
    double estimate = 0;  ///< after / before, or after − before; of no meaning without runs of both
    std::optional<interval> confidence;
    verdict says = verdict::not_enough;

    /// By what share of `before` it is worse; negative where it is better; 0 without runs of both.
    double worse_by(const comparison_options& options) const;
};

/// Welch's interval: the two benches may have different noise, and their rounds nothing in common. Values
/// that cannot be taken on the scale are left out.
change_result change_of(std::span<const double> before, std::span<const double> after,
                        const comparison_options& options);

}  // namespace dibs::stats
