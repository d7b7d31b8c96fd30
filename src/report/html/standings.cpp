#include "report/html/standings.hpp"

#include "report/html/json_reading.hpp"

namespace dibs::report::html {
namespace {

single_run as_single(const bench_run& run, const std::string& strategy) {
    single_run made;
    made.strategy = strategy;
    made.figures = {100 * number_at(run.listed, "/success_rate").value_or(0),
                    number_at(run.listed, "/p95_ms").value_or(0) / 1000};
    made.details.round = run.round;
    made.details.claim_p95_ms = number_at(run.listed, "/claim_p95_ms");
    made.details.wrong = stats::wrongs{.oversold = count_at(run.listed, "/oversold"),
                                       .duplicates = count_at(run.listed, "/duplicates"),
                                       .lost = count_at(run.listed, "/lost"),
                                       .unexplained = count_at(run.listed, "/unexplained"),
                                       .miscounted = count_at(run.listed, "/miscounted")};
    return made;
}

}  // namespace

comparison_table standings_of(const bench_results& results) {
    std::vector<single_run> runs;
    for (const auto& one : results.strategies)
        for (const auto& run : one.runs) runs.push_back(as_single(run, one.name));
    return compare_runs(runs, compared_metric::claims);
}

}  // namespace dibs::report::html
