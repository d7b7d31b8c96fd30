#include "report/published/published_table.hpp"

#include <cmath>

namespace dibs::report {
namespace {

using field = double run_figures::*;

estimate estimate_of(const strategy_runs& strategy, field figure, double confidence) {
    stats::moments moments;
    for (const auto& run : strategy.runs) moments.add(run.*figure);
    return {moments.count(), moments.mean(), moments.standard_deviation(),
            stats::mean_interval(moments, confidence)};
}

std::vector<stats::place> rank(const std::vector<strategy_estimates>& rows,
                               estimate strategy_estimates::*what, stats::best first) {
    std::vector<double> means;
    for (const auto& row : rows) means.push_back(std::round((row.*what).mean * 100) / 100);
    return stats::ranking(means, first);
}

}  // namespace

published_table::published_table(const run_collection& runs, double confidence) : confidence_(confidence) {
    for (const auto& strategy : runs.strategies())
        rows_.push_back({strategy.strategy, estimate_of(strategy, &run_figures::success_pct, confidence),
                         estimate_of(strategy, &run_figures::duration_s, confidence)});
}

std::vector<stats::place> published_table::by_success() const {
    return rank(rows_, &strategy_estimates::success_pct, stats::best::highest);
}

std::vector<stats::place> published_table::by_duration() const {
    return rank(rows_, &strategy_estimates::duration_s, stats::best::lowest);
}

}  // namespace dibs::report
