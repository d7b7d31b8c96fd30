#pragma once

#include "stats/comparison.hpp"
#include "stats/correctness.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dibs::report {

/// A strategy and what it did wrong.
using strategy_wrongs = std::pair<std::string, stats::wrongs>;

/// What a comparison by ratios, the lowest being best, can say and what not, a sentence each: who is in
/// front, who is behind by how much, who is disqualified, what was not told apart and what it would take, how
/// much chance alone does, what was left out or assumed. `what` is what was compared: `p95 of claims`. Of
/// `wrong`, those that do not qualify are named; they are no treatments of `compared`.
std::vector<std::string> comparison_sentences(const stats::comparison_result& compared,
                                              const std::vector<strategy_wrongs>& wrong,
                                              std::string_view what);

}  // namespace dibs::report
