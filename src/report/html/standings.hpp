#pragma once

#include "report/comparison/comparison_table.hpp"
#include "report/html/bench_results.hpp"
#include "report/html/section.hpp"

#include <string>
#include <vector>

/// The first screen. Pure.
namespace dibs::report::html {

/// By the p95 of claims, all attempts: the metric that a lock decides. No row for a strategy whose runs have
/// none.
comparison_table standings_of(const bench_results& results);

/// Who is fastest, who ties, who is disqualified, and what these runs cannot say: a sentence each.
std::vector<std::string> answer(const comparison_table& standings, const bench_results& results);

/// The table of the first screen, and the ratios with their intervals.
section ranking_section(const comparison_table& standings, const bench_results& results);

}  // namespace dibs::report::html
