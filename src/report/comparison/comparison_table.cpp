#include "report/comparison/comparison_table.hpp"

#include "report/comparison/comparison_sentences.hpp"
#include "stats/block_comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace dibs::report {
namespace {

using runs_of_one = std::vector<const single_run*>;

struct strategy_group {
    std::string name;
    runs_of_one runs;
};

std::vector<strategy_group> by_strategy(const std::vector<single_run>& runs) {
    std::vector<strategy_group> groups;
    for (const auto& run : runs) {
        auto found = std::find_if(groups.begin(), groups.end(),
                                  [&](const auto& group) { return group.name == run.strategy; });
        if (found == groups.end()) found = groups.insert(found, {run.strategy, {}});
        found->runs.push_back(&run);
    }
    return groups;
}

/// In ms; empty where the run does not say it, or had none to measure, for which files say 0.
std::optional<double> p95_of(const single_run& run, compared_metric metric) {
    const bool requests = metric == compared_metric::requests;
    const double said = requests ? run.figures.duration_s * 1000 : run.details.claim_p95_ms.value_or(0);
    return said > 0 ? std::optional(said) : std::nullopt;
}

/// Empty unless each of the runs has its samples.
std::optional<double> merged_p95(const runs_of_one& runs, stats::histogram run_details::*samples) {
    stats::histogram all;
    for (const auto* run : runs) {
        if ((run->details.*samples).empty()) return std::nullopt;
        all.merge(run->details.*samples);
    }
    return all.percentile(0.95);
}

comparison_row row_for(const strategy_group& group, compared_metric metric, double confidence) {
    comparison_row row;
    row.strategy = group.name;
    row.runs = group.runs.size();
    stats::moments success;
    stats::moments p95;
    for (const auto* run : group.runs) {
        success.add(run->figures.success_pct);
        if (const auto value = p95_of(*run, metric)) p95.add(*value);
    }
    row.success_pct = success.mean();
    row.success_interval = mean_interval(success, confidence);
    row.mean_p95_ms = p95.mean();
    const bool claims = metric == compared_metric::claims;
    row.merged_p95_ms = merged_p95(group.runs, claims ? &run_details::claims : &run_details::requests);
    if (claims) row.merged_issued_ms = merged_p95(group.runs, &run_details::issued);
    return row;
}

bool is_ranked(const comparison_row& row) { return qualifies(row.wrong.value_or(stats::wrongs{})); }

/// Whether each run says its round, and no strategy has two runs in one.
bool are_in_rounds(const std::vector<strategy_group>& groups) {
    std::set<std::pair<std::string_view, int>> seen;
    for (const auto& group : groups)
        for (const auto* run : group.runs)
            if (run->details.round < 1 || !seen.emplace(group.name, run->details.round).second) return false;
    return true;
}

stats::block_design design_of(const std::vector<strategy_group>& groups, compared_metric metric) {
    stats::block_design design;
    std::map<int, std::vector<std::optional<double>>> rounds;
    for (const auto& group : groups) {
        for (const auto* run : group.runs) {
            auto& round = rounds[run->details.round];
            round.resize(groups.size());
            round[design.treatments.size()] = p95_of(*run, metric);
        }
        design.treatments.push_back(group.name);
    }
    for (auto& [number, round] : rounds) design.values.push_back(std::move(round));
    return design;
}

std::vector<stats::treatment_runs> runs_apart(const std::vector<strategy_group>& groups,
                                              compared_metric metric) {
    std::vector<stats::treatment_runs> made;
    for (const auto& group : groups) {
        auto& runs = made.emplace_back(stats::treatment_runs{group.name, {}});
        for (const auto* run : group.runs)
            if (const auto value = p95_of(*run, metric)) runs.values.push_back(*value);
    }
    return made;
}

/// Adds what the comparison says of a row's strategy.
void complete(comparison_row& row, const stats::comparison_result& compared) {
    const auto& all = compared.treatments;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == row.strategy; });
    if (found == all.end()) {
        row.p95_ms = row.mean_p95_ms;
        return;
    }
    row.p95_ms = found->mean;
    row.p95_interval = found->confidence;
    row.letters = found->letters;
    const auto index = static_cast<std::size_t>(found - all.begin());
    if (compared.enough() && index != compared.order.front())
        row.to_best = compared.between(index, compared.order.front());
}

}  // namespace

comparison_table compare_runs(const std::vector<single_run>& runs, compared_metric metric,
                              double confidence) {
    comparison_table table;
    table.metric = metric;
    std::vector<strategy_group> ranked;
    for (auto& group : by_strategy(runs)) {
        if (std::none_of(group.runs.begin(), group.runs.end(),
                         [&](const auto* run) { return p95_of(*run, metric).has_value(); })) {
            table.without.push_back(group.name);
            continue;
        }
        table.rows.push_back(row_for(group, metric, confidence));
        table.rows.back().wrong = wrongs_in_runs(runs, group.name);
        if (is_ranked(table.rows.back())) ranked.push_back(std::move(group));
    }
    const stats::comparison_options options{.confidence = confidence};
    table.compared = are_in_rounds(ranked) ? compare_in_blocks(design_of(ranked, metric), options)
                                           : compare_groups(runs_apart(ranked, metric), options);
    for (auto& row : table.rows) complete(row, table.compared);
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const auto& a, const auto& b) {
        return std::pair(!is_ranked(a), a.p95_ms) < std::pair(!is_ranked(b), b.p95_ms);
    });
    return table;
}

std::string success_text(const comparison_row& row) {
    return fmt::format("{:.2f}", std::floor(row.success_pct * 100 + 1e-9) / 100);
}

std::vector<std::string> sentences_of(const comparison_table& table) {
    const auto* what = table.metric == compared_metric::claims ? "p95 of claims" : "p95 of requests";
    std::vector<strategy_wrongs> wrong;
    std::vector<std::string> failing;
    for (const auto& row : table.rows) {
        wrong.emplace_back(row.strategy, row.wrong.value_or(stats::wrongs{}));
        if (row.success_pct < 100) failing.push_back(fmt::format("{} {} %", row.strategy, success_text(row)));
    }
    auto said = comparison_sentences(table.compared, wrong, what);
    if (!failing.empty())
        said.push_back(fmt::format("Not every claim was issued ({}): a p95 counts what failed fast, too.",
                                   fmt::join(failing, ", ")));
    if (!table.without.empty())
        said.push_back(
            fmt::format("Not compared, as no run of it has a {}: {}.", what, fmt::join(table.without, ", ")));
    return said;
}

}  // namespace dibs::report
