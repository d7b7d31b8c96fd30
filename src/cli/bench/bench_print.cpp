#include "cli/bench/bench_print.hpp"

#include "cli/say.hpp"
#include "report/published/published_table.hpp"
#include "stats/sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace dibs::cli {
namespace {

report::run_collection collected(const std::vector<experiment::run_outline>& runs) {
    report::run_collection all;
    for (const auto& run : runs)
        all.add(run.strategy, {.success_pct = 100 * run.success_rate, .duration_s = run.p95_ms / 1000});
    return all;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return stats::percentile(values, 0.5);
}

/// What two decimals of a second do not show.
void print_medians(const experiment::bench_outline& bench) {
    fmt::print("{:<10} {:>6} {:>10} {:>14} {:>12} {:>10}   (medians)\n", "", "runs", "p95, ms",
               "claim p95, ms", "iterations", "issued/s");
    for (const auto& strategy : bench.strategies()) {
        std::vector<double> all, claims, iterations, issued;
        for (const auto& run : bench.runs) {
            if (run.strategy != strategy) continue;
            all.push_back(run.p95_ms);
            claims.push_back(run.claim_p95_ms);
            iterations.push_back(static_cast<double>(run.iterations));
            issued.push_back(run.issued_per_s);
        }
        if (!all.empty())
            fmt::print("{:<10} {:>6} {:>10.1f} {:>14.1f} {:>12.0f} {:>10.1f}\n", strategy, all.size(),
                       median(all), median(claims), median(iterations), median(issued));
    }
    fmt::print("\n");
}

}  // namespace

void print_bench(const experiment::bench_outline& bench, const std::filesystem::path& results,
                 const std::string& comparison) {
    const auto runs = collected(bench.runs);
    fmt::print("{}\n",
               report::table_markdown(report::published_table(runs, 0.95), report::language::english));
    fmt::print("{}\n", comparison);
    print_medians(bench);
    fmt::print("{}\n", experiment::describe_books(bench.runs));
    fmt::print(
        "seed {}; results in {}: report.md, summary.json, two files a run; `dibs report {} --html FILE` "
        "makes a page\n",
        bench.seed, results.native(), results.native());
}

void print_unfinished(const experiment::bench_outline& bench, const experiment::results_folder& results) {
    const auto made = bench.runs.size();
    say("dibs bench: ended early; {} of {} runs are kept in {}. Go on with\n  dibs bench --resume "
        "{}\n",
        made, made + bench.missing().size(), results.path().native(), results.path().native());
}

}  // namespace dibs::cli
