#include "experiment/run_record.hpp"

#include <chrono>
#include <string_view>
#include <variant>

namespace dibs::experiment {
namespace {

template <class Values>
Values values_of(const stats::run_summary& summary, std::string_view name) {
    const auto found = summary.metrics.find(stats::metric_name::parse(name));
    return found == summary.metrics.end() ? Values{} : std::get<Values>(found->second.values);
}

double seconds_of_run(const run_record& run) {
    return std::chrono::duration<double>(run.load.summary.duration).count();
}

void count_attempts(const run_record& run, run_outline& into) {
    for (const auto of_kind : run.load.claims.outcomes) into.claims += static_cast<std::int64_t>(of_kind);
    into.issued = static_cast<std::int64_t>(run.load.claims.count(load::outcome::issued));
    into.duration_s = seconds_of_run(run);
    if (into.duration_s > 0) into.issued_per_s = static_cast<double>(into.issued) / into.duration_s;
}

void add_books(const run_record& run, run_outline& into) {
    into.acknowledged = run.books.acknowledged;
    into.oversold = run.books.oversold + run.burst.books.oversold;
    into.duplicates = run.books.duplicates + run.burst.books.duplicates;
    into.lost = run.books.lost + run.burst.books.lost;
    into.unexplained = run.books.unexplained + run.burst.books.unexplained;
    into.miscounted = run.books.miscounted + run.burst.books.miscounted;
    into.conflicts = run.books.conflicts + run.burst.books.conflicts;
    into.sell_out = {run.burst.issued, run.burst.refused, run.burst.other};
}

}  // namespace

bool run_record::correct() const {
    return books.exact() && burst.books.exact() && burst.other == 0 && burst.issued == burst.books.stock;
}

run_outline run_record::outline() const {
    run_outline made;
    made.strategy = plan.strategy;
    made.round = plan.round;
    made.position = plan.position;
    made.success_rate = values_of<stats::rate_values>(load.summary, "coupon_issue_success_rate").value();
    made.p95_ms = values_of<stats::trend_values>(load.summary, "http_req_duration").p95;
    made.claim_p95_ms = load.claims.latency.empty() ? 0 : load.claims.latency.percentile(0.95);
    const auto iterations = values_of<stats::counter_values>(load.summary, "iterations").count;
    made.iterations = static_cast<std::int64_t>(iterations);
    count_attempts(*this, made);
    add_books(*this, made);
    made.correct = correct();
    made.thresholds_met = !load.summary.any_crossed();
    return made;
}

}  // namespace dibs::experiment
