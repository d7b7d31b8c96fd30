#pragma once

#include "report/runs.hpp"
#include "stats/change.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::report {

/// One figure of a strategy, in two benches.
struct metric_change {
    std::string_view metric;  ///< `p95_ms`
    stats::comparison_options taken;
    stats::change_result found;
};

struct strategy_change {
    std::string strategy;
    std::vector<metric_change> metrics;  ///< those that both benches have; none where one lacks the strategy
    std::optional<stats::wrongs> wrong_before = {};
    std::optional<stats::wrongs> wrong_after = {};
    bool in_before = false;
    bool in_after = false;
};

/// What changed from one bench, A, to another, B.
struct change_table {
    double confidence = 0.95;  ///< of a metric's intervals, of all strategies together
    std::vector<strategy_change> strategies;
    std::vector<std::string> remarks;  ///< how the two were made differently
};

/// p95 of requests and of claims, success, and issues a second, else iterations, of each strategy. Each
/// interval is Welch's at 1 − (1 − confidence) / strategies (Bonferroni), so that those of one metric hold
/// together. Pure.
change_table compare_benches(const std::vector<single_run>& before, const std::vector<single_run>& after,
                             double confidence = 0.95);

/// What is worse by more than the share `limit`, a line each: a figure that is seen to be worse and whose
/// estimate is beyond the limit, or that is 0, and so has no ratio, in more of B's runs; a strategy of A that
/// B lacks or that has too few runs to be judged; wrong coupons in B.
std::vector<std::string> regressions(const change_table& of, double limit);

std::string change_markdown(const change_table& table);
/// All digits; what does not exist is null.
boost::json::object change_json(const change_table& table);

}  // namespace dibs::report
