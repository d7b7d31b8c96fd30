#include "report/comparison/comparison_change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dibs::report {
namespace {

struct known_metric {
    std::string_view name;
    stats::scale on;
    stats::best first;
    std::optional<double> (*of)(const single_run&);
};

constexpr std::array known_metrics{
    known_metric{"p95_ms", stats::scale::ratio, stats::best::lowest,
                 [](const single_run& run) { return std::optional(run.figures.duration_s * 1000); }},
    known_metric{"claim_p95_ms", stats::scale::ratio, stats::best::lowest,
                 [](const single_run& run) { return run.details.claim_p95_ms; }},
    known_metric{"success_pct", stats::scale::difference, stats::best::highest,
                 [](const single_run& run) { return std::optional(run.figures.success_pct); }},
    known_metric{"issued_per_s", stats::scale::ratio, stats::best::highest,
                 [](const single_run& run) { return run.details.issued_per_s; }},
    known_metric{"iterations", stats::scale::ratio, stats::best::highest,
                 [](const single_run& run) { return run.details.iterations; }}};

std::vector<double> figures_of(const std::vector<single_run>& runs, std::string_view strategy,
                               const known_metric& metric) {
    std::vector<double> values;
    for (const auto& run : runs)
        if (run.strategy == strategy)
            if (const auto value = metric.of(run)) values.push_back(*value);
    return values;
}

bool has(const std::vector<single_run>& runs, std::string_view strategy) {
    return std::any_of(runs.begin(), runs.end(), [&](const auto& run) { return run.strategy == strategy; });
}

std::vector<std::string> names_in(const std::vector<single_run>& before,
                                  const std::vector<single_run>& after) {
    run_collection all;
    for (const auto* runs : {&before, &after})
        for (const auto& run : *runs) all.add(run.strategy, run.figures);
    std::vector<std::string> names;
    for (const auto& strategy : all.strategies()) names.push_back(strategy.strategy);
    return names;
}

}  // namespace

change_table compare_benches(const std::vector<single_run>& before, const std::vector<single_run>& after,
                             double confidence) {
    change_table made{confidence, {}, {}};
    const auto names = names_in(before, after);
    const auto in_both = std::count_if(
        names.begin(), names.end(), [&](const auto& name) { return has(before, name) && has(after, name); });
    const double each = 1 - (1 - confidence) / static_cast<double>(std::max<std::ptrdiff_t>(in_both, 1));
    for (const auto& name : names) {
        strategy_change change{name,
                               {},
                               wrongs_in_runs(before, name),
                               wrongs_in_runs(after, name),
                               has(before, name),
                               has(after, name)};
        for (const auto& metric : known_metrics) {
            const auto left = figures_of(before, name, metric);
            const auto right = figures_of(after, name, metric);
            if (left.empty() || right.empty()) continue;
            // both say the same where every run has as much time
            if (metric.name == "iterations" && change.metrics.back().metric == "issued_per_s") continue;
            const stats::comparison_options taken{metric.on, metric.first, each};
            change.metrics.push_back({metric.name, taken, change_of(left, right, taken)});
        }
        made.strategies.push_back(std::move(change));
    }
    return made;
}

std::vector<std::string> regressions(const change_table& of, double limit) {
    std::vector<std::string> found;
    for (const auto& one : of.strategies) {
        if (one.in_before && !one.in_after) found.push_back(fmt::format("{} is not in B", one.strategy));
        if (one.wrong_after && !qualifies(*one.wrong_after))
            found.push_back(
                fmt::format("{} issued wrongly in B: {}", one.strategy, describe(*one.wrong_after)));
        for (const auto& [metric, taken, change] : one.metrics) {
            const double worse = change.worse_by(taken);
            if (change.fell_to_nothing())
                found.push_back(fmt::format("{} of {} is 0 in {} of B's runs", metric, one.strategy,
                                            change.nothing_after));
            else if (change.says == stats::change_verdict::not_enough)
                found.push_back(fmt::format("{} of {} cannot be judged: it takes two runs in A and in B",
                                            metric, one.strategy));
            else if (change.says == stats::change_verdict::worse && worse > limit)
                found.push_back(
                    fmt::format("{} of {} is worse by {:.1f} %", metric, one.strategy, worse * 100));
        }
    }
    return found;
}

}  // namespace dibs::report
