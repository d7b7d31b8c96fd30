#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/standings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dibs::report::html {
namespace {

using sentences = std::vector<std::string>;

void add_failures(const comparison_table& of, sentences& to) {
    std::vector<std::string> shares;
    for (const auto& row : of.rows)
        if (row.success_pct < 100)
            shares.push_back(fmt::format("{} {}", row.strategy, percent(row.success_pct / 100)));
    if (!shares.empty()) to.push_back(fmt::format("Not every claim was issued: {}.", list_text(shares)));
}

bool was_late(const bench_strategy& of) {
    return std::ranges::any_of(
        of.runs, [](const auto& run) { return is_set_at(run.file, "/dibs/generator/was_bottleneck"); });
}

/// What makes the figures worth less than they look.
void add_doubts(const bench_results& results, sentences& to) {
    std::vector<std::string> late;
    for (const auto& one : results.strategies)
        if (was_late(one)) late.push_back(one.name);
    if (!late.empty())
        to.push_back(fmt::format("The load generator was late in runs of {}: their latencies include that.",
                                 list_text(late)));
    if (member_at(results.summary, "/finished") != nullptr && !is_set_at(results.summary, "/finished"))
        to.emplace_back("The bench is not finished: `dibs bench --resume DIR` runs what is missing.");
    if (results.is_old())
        to.emplace_back(
            "An older dibs wrote this folder, without distributions, course and lock times: `dibs bench` of "
            "this "
            "version keeps them.");
}

}  // namespace

std::vector<std::string> answer(const comparison_table& standings, const bench_results& results) {
    if (results.strategies.empty()) return {"No runs of a bench in this folder, only what is shown below."};
    if (standings.rows.empty())
        return {"The runs of this folder have no p95 of their claims: nothing can be ranked."};
    auto made = sentences_of(standings);
    add_failures(standings, made);
    add_doubts(results, made);
    if (results.capacity.is_null())
        made.emplace_back(
            "How much each can issue at most these runs do not say: `dibs bench --capacity` does.");
    return made;
}

}  // namespace dibs::report::html
