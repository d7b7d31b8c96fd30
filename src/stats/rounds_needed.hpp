#pragma once

#include "stats/comparison.hpp"

#include <cstddef>
#include <optional>

namespace dibs::stats {

inline constexpr double wanted_power = 0.8;
inline constexpr std::size_t most_rounds = 10'000;

/// How many rounds in all tell two of `made`'s treatments apart in eight benches of ten, if `effect` is the
/// truth (a ratio, or a difference, of either sign) and the noise stays as it was. Empty beyond
/// `most_rounds`, for no effect, and where `made` lacks something.
std::optional<std::size_t> rounds_to_see(double effect, const comparison_result& made);

/// The same for one of its pairs, its estimate taken for the truth: a guess that is as good as the estimate.
std::optional<std::size_t> rounds_to_separate(const pair_result& pair, const comparison_result& made);

}  // namespace dibs::stats
