#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dibs::report::html {
namespace {

void add_span(chart& into, const std::string& strategy, const char* what, const stats::histogram& times) {
    into.rows.push_back({strategy, what, plotted(times.percentile(0.5)), plotted(times.percentile(0.95)),
                         plotted(times.percentile(0.99)), plotted(times.max())});
}

std::string longest_wait(const std::vector<std::pair<std::string, double>>& ratios) {
    const auto most = std::ranges::max_element(ratios, {}, [](const auto& one) { return one.second; });
    if (most == ratios.end() || most->second < 1) return "Nobody waits longer for the lock than it is held";
    return fmt::format(
        "Waiting for the lock takes up to {} times as long as holding it ({}, 95th percentiles)",
        short_number(most->second), most->first);
}

}  // namespace

section lock_section(const bench_results& of) {
    section made{"lock", "The lock: waiting, holding, trying"};
    chart times{"lock_times",
                "",
                "For each strategy the wait for the lock and how long it was held: a mark at the median, a "
                "thick line to "
                "the 95th percentile, a thin one to the 99th, on a logarithmic axis.",
                {{"strategy", "Strategy"},
                 {"what", "Time"},
                 {"p50", "p50 (ms)"},
                 {"p95", "p95 (ms)"},
                 {"p99", "p99 (ms)"},
                 {"max", "Longest (ms)"}}};
    chart tries{
        "tries",
        "How often does a claim ask for the lock until it has it?",
        "Tries for each acquired lock; 1 is the least. Where a strategy is notified it need not ask again.",
        {{"strategy", "Strategy"},
         {"tries", "Tries an acquisition"},
         {"acquired", "Acquired"},
         {"timed_out", "Timed out"}}};
    std::vector<std::pair<std::string, double>> ratios;
    for (const auto& one : of.strategies) {
        const auto wait = merged(one, "/dibs/lock/wait");
        const auto hold = merged(one, "/dibs/lock/hold");
        if (!wait || !hold || wait->empty() || hold->empty()) continue;
        add_span(times, one.name, "wait", *wait);
        add_span(times, one.name, "hold", *hold);
        ratios.emplace_back(one.name, wait->percentile(0.95) / hold->percentile(0.95));
        const double acquired = sum_at(one, "/dibs/lock/acquired");
        if (acquired > 0 && any_has(one, "/dibs/lock/tries"))
            tries.rows.push_back({one.name, plotted(sum_at(one, "/dibs/lock/tries") / acquired),
                                  plotted(acquired), plotted(sum_at(one, "/dibs/lock/timed_out"))});
    }
    if (times.rows.empty()) {
        made.missing =
            "No figures of the lock itself in this folder: `dibs bench` of this version keeps them for "
            "strategies that have a lock.";
        return made;
    }
    times.title = longest_wait(ratios);
    made.charts.push_back(std::move(times));
    if (!tries.rows.empty()) made.charts.push_back(std::move(tries));
    return made;
}

}  // namespace dibs::report::html
