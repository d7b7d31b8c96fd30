#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace dibs::report::html {
namespace {

namespace json = boost::json;

std::optional<double> median_at(const std::vector<const json::value*>& of, std::string_view pointer) {
    std::vector<double> values;
    for (const auto* one : of)
        if (const auto value = number_at(*one, pointer)) values.push_back(*value);
    return median(values);
}

std::vector<const json::value*> files_of(const bench_strategy& of) {
    std::vector<const json::value*> files;
    for (const auto& run : of.runs) files.push_back(&run.file);
    return files;
}

/// The waits of all rounds, by when the claims were sent.
std::map<double, std::vector<const json::value*>> by_time(const bench_strategy& of) {
    std::map<double, std::vector<const json::value*>> waits;
    for (const auto& run : of.runs)
        for (const auto& one : list_at(run.file, "/dibs/fairness/by_arrival"))
            if (const auto at = number_at(one, "/t_s")) waits[*at].push_back(&one);
    return waits;
}

void add_point(chart& into, const std::string& strategy, double at,
               const std::vector<const json::value*>& here) {
    double longest = 0;
    for (const auto* one : here) longest = std::max(longest, number_at(*one, "/wait_max_ms").value_or(0));
    into.rows.push_back({strategy, plotted(at), plotted(median_at(here, "/wait_p50_ms")),
                         plotted(median_at(here, "/wait_p95_ms")), plotted(longest)});
}

/// As many points at most as a chart can show, each of the same length of time.
void add_waits(chart& into, const bench_strategy& of) {
    constexpr double points = 60;
    const auto waits = by_time(of);
    if (waits.empty()) return;
    const double first = waits.begin()->first;
    const double width = std::max((waits.rbegin()->first - first) / points, 1e-9);
    std::map<int, std::vector<const json::value*>> bins;
    for (const auto& [at, here] : waits) {
        auto& bin = bins[static_cast<int>(std::min((at - first) / width, points - 1))];
        bin.insert(bin.end(), here.begin(), here.end());
    }
    for (const auto& [number, here] : bins) add_point(into, of.name, first + (number + 0.5) * width, here);
}

double worst_at(const bench_strategy& of, std::string_view pointer) {
    double worst = 0;
    for (const auto& run : of.runs) worst = std::max(worst, number_at(run.file, pointer).value_or(0));
    return worst;
}

}  // namespace

section fairness_section(const bench_results& of) {
    section made{"fairness", "Fairness"};
    chart waits{"fairness",
                "Does everyone wait alike, or do some starve?",
                "Claims by when they were sent: their median wait, the 95th percentile (medians over the "
                "rounds) and the longest of all "
                "rounds, on a logarithmic axis. The nearer the three lines, the fairer.",
                {{"strategy", "Strategy"},
                 {"t", "Sent at (s)"},
                 {"p50", "p50 (ms)"},
                 {"p95", "p95 (ms)"},
                 {"max", "Longest (ms)"}}};
    table overtaken{"Claims overtaken: how many that were sent later were granted earlier",
                    {{"Strategy", "Claims overtaken", "By how many, mean", "At worst"}}};
    for (const auto& one : of.strategies) {
        if (!any_has(one, "/dibs/fairness")) continue;
        add_waits(waits, one);
        const auto files = files_of(one);
        const auto share = median_at(files, "/dibs/fairness/overtaken_share");
        overtaken.rows.push_back({one.name, or_dash(share, percent),
                                  or_dash(median_at(files, "/dibs/fairness/overtaken_mean")),
                                  count_text(worst_at(one, "/dibs/fairness/overtaken_max"))});
    }
    if (overtaken.rows.size() == 1) {
        made.missing =
            "No waits by order of arrival in this folder: `dibs bench` of this version keeps them.";
        return made;
    }
    if (!waits.rows.empty()) made.charts.push_back(std::move(waits));
    made.tables.push_back(std::move(overtaken));
    return made;
}

}  // namespace dibs::report::html
