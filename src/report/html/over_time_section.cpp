#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

#include <algorithm>
#include <map>

namespace dibs::report::html {
namespace {

namespace json = boost::json;

/// What the rounds saw in one second of their run.
struct second_seen {
    std::vector<double> users, issued, failed, p50, p95;
};

void keep(std::vector<double>& in, const json::value& second, std::string_view pointer) {
    if (const auto value = number_at(second, pointer)) in.push_back(*value);
}

std::map<std::int64_t, second_seen> seconds_of(const bench_strategy& of) {
    std::map<std::int64_t, second_seen> seen;
    for (const auto& run : of.runs)
        for (const auto& second : list_at(run.file, "/dibs/seconds")) {
            auto& into = seen[count_at(second, "/t")];
            keep(into.users, second, "/users");
            keep(into.issued, second, "/issued");
            keep(into.failed, second, "/failed");
            keep(into.p50, second, "/claim_p50_ms");
            keep(into.p95, second, "/claim_p95_ms");
        }
    return seen;
}

}  // namespace

section over_time_section(const bench_results& of) {
    section made{"time", "Over time"};
    chart rates{
        "time_rate",
        "Claims issued a second, while users come and go",
        "Each line is a strategy's median over the rounds, second by second; the grey area and the right "
        "axis are the users.",
        {{"strategy", "Strategy"},
         {"t", "Second"},
         {"users", "Users"},
         {"issued", "Issued/s"},
         {"failed", "Failed/s"}}};
    chart latencies{
        "time_latency",
        "Latency of claims, while users come and go",
        "95th percentile of the claims that ended in each second, median over the rounds, on a logarithmic "
        "axis; the grey area and the right axis are the users.",
        {{"strategy", "Strategy"},
         {"t", "Second"},
         {"users", "Users"},
         {"p50", "p50 (ms)"},
         {"p95", "p95 (ms)"}}};
    for (const auto& one : of.strategies)
        for (const auto& [t, seen] : seconds_of(one)) {
            const auto users = plotted(median(seen.users));
            rates.rows.push_back(
                {one.name, t, users, plotted(median(seen.issued)), plotted(median(seen.failed))});
            latencies.rows.push_back(
                {one.name, t, users, plotted(median(seen.p50)), plotted(median(seen.p95))});
        }
    if (rates.rows.empty()) {
        made.missing = "No course over time in this folder: `dibs bench` of this version keeps it.";
        return made;
    }
    made.charts.push_back(std::move(rates));
    made.charts.push_back(std::move(latencies));
    made.paragraphs.emplace_back(
        "A closed loop: users pause between their claims and wait for each answer, so the rate follows their "
        "number as long "
        "as answers come. It does not rank how much a strategy can issue.");
    return made;
}

}  // namespace dibs::report::html
