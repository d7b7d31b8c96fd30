#pragma once

#include "stats/comparison_parts.hpp"

#include <optional>
#include <span>

namespace dibs::stats {

/// The fewest rounds for which the distributions below, which are of many, will do.
inline constexpr std::size_t fewest_rounds_to_rank = 6;

/// Compares by the ranks within each round, so that a run that something disturbed counts no more than any
/// other that is last: M. Friedman's test (JASA 32, 1937), ties by W. J. Conover, and P. B. Nemenyi's
/// critical difference of mean ranks (1963). The values are by treatment, then by round, as many for each.
/// Empty for fewer than two treatments or `fewest_rounds_to_rank`.
std::optional<rank_result> compare_ranks(std::span<const named_values> treatments,
                                         const comparison_options& options);

}  // namespace dibs::stats
