#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/standings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dibs::report::html {
namespace {

using sentences = std::vector<std::string>;

bool was_late(const bench_strategy& of) {
    return std::ranges::any_of(
        of.runs, [](const auto& run) { return is_set_at(run.file, "/dibs/generator/was_bottleneck"); });
}

constexpr double much_stolen = 0.05;

/// Of all strategies, as a share of the processor time that the runs used.
double share_stolen(const bench_results& of) {
    double used = 0;
    double stolen = 0;
    for (const auto& one : of.strategies) {
        stolen += sum_at(one, "/dibs/cpu_s/stolen");
        for (const char* party : {"generator", "service", "postgresql", "redis"})
            used += sum_at(one, fmt::format("/dibs/cpu_s/{}", party));
    }
    return used > 0 ? stolen / used : 0;
}

/// What makes the figures worth less than they look.
void add_doubts(const bench_results& results, sentences& to) {
    std::vector<std::string> late;
    for (const auto& one : results.strategies)
        if (was_late(one)) late.push_back(one.name);
    if (!late.empty())
        to.push_back(fmt::format("The load generator was late in runs of {}: their latencies include that.",
                                 list_text(late)));
    if (const double share = share_stolen(results); share > much_stolen)
        to.push_back(
            fmt::format("The machine's host ran others for {} as long as these runs had its processors: some "
                        "of the noise "
                        "is not theirs.",
                        percent(share)));
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
    add_doubts(results, made);
    if (results.capacity.is_null())
        made.emplace_back(
            "How much each can issue at most these runs do not say: `dibs bench --capacity` does.");
    return made;
}

}  // namespace dibs::report::html
