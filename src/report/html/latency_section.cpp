#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dibs::report::html {
namespace {

namespace json = boost::json;

struct claim_times {
    std::string strategy;
    stats::histogram issued;
    stats::histogram all;
};

std::vector<claim_times> times_of_claims(const bench_results& of) {
    std::vector<claim_times> found;
    for (const auto& one : of.strategies) {
        auto all = merged(one, "/dibs/latencies/claim");
        auto issued = merged(one, "/dibs/latencies/claim_issued");
        if (all && issued && !all->empty()) found.push_back({one.name, std::move(*issued), std::move(*all)});
    }
    return found;
}

double share_issued(const claim_times& of) {
    return std::min(1.0, static_cast<double>(of.issued.count()) / static_cast<double>(of.all.count()));
}

/// Its share of all attempts that were issued within each time. Points closer than 3 % look like one.
void add_curve(json::array& rows, const claim_times& of) {
    const auto attempts = static_cast<double>(of.all.count());
    const auto buckets = of.issued.buckets();
    double before = 0;
    double drawn = 0;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        if (drawn == 0) rows.push_back({of.strategy, plotted(std::max(of.issued.min(), 1e-6)), 0});
        before += static_cast<double>(buckets[i].count);
        if (i + 1 < buckets.size() && buckets[i].upper < drawn * 1.03) continue;
        drawn = buckets[i].upper;
        rows.push_back({of.strategy, plotted(std::min(drawn, of.issued.max())), before / attempts});
    }
}

chart curves(const std::vector<claim_times>& times) {
    chart made{
        "ecdf",
        "How long until a claim is issued?",
        "The share of all claims that were issued within a time, on a logarithmic axis; further left is "
        "faster. A curve that ends below 100 % has claims that were not issued: timed out, failed or "
        "refused. A diamond at the right edge is where it ends.",
        {{"strategy", "Strategy"}, {"ms", "Within (ms)"}, {"share", "Share of all claims"}}};
    json::array ends;
    for (const auto& one : times) {
        add_curve(made.rows, one);
        const auto missing =
            static_cast<double>(one.all.count() - std::min(one.all.count(), one.issued.count()));
        ends.push_back({{"strategy", one.strategy},
                        {"share", share_issued(one)},
                        {"missing", fmt::format("{} of {} claims not issued", count_text(missing),
                                                count_text(static_cast<double>(one.all.count())))}});
    }
    made.settings["ends"] = std::move(ends);
    return made;
}

void add_percentiles(table& into, const std::string& name, const stats::histogram& samples) {
    into.rows.push_back({name, count_text(static_cast<double>(samples.count())),
                         short_number(samples.percentile(0.5)), short_number(samples.percentile(0.9)),
                         short_number(samples.percentile(0.95)), short_number(samples.percentile(0.99)),
                         short_number(samples.percentile(0.999)), short_number(samples.max())});
}

}  // namespace

section latency_section(const bench_results& of) {
    section made{"latency", "Latency of claims"};
    const auto times = times_of_claims(of);
    if (times.empty()) {
        made.missing = "No distributions in this folder: `dibs bench` of this version keeps them.";
        return made;
    }
    made.charts.push_back(curves(times));
    table percentiles{"Percentiles of all rounds' claims together, in ms",
                      {{"Strategy", "Claims", "p50", "p90", "p95", "p99", "p99.9", "Slowest"}}};
    for (const auto& one : times) {
        add_percentiles(percentiles, one.strategy, one.all);
        if (one.issued.count() < one.all.count() && !one.issued.empty())
            add_percentiles(percentiles, one.strategy + ", issued only", one.issued);
    }
    made.tables.push_back(std::move(percentiles));
    made.paragraphs.emplace_back(
        "Percentiles are of the merged samples, not means of each run's percentiles, and count every "
        "attempt, "
        "time-outs too.");
    return made;
}

}  // namespace dibs::report::html
