#include "experiment/run_record.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <variant>

namespace dibs::experiment {
namespace {

template <class Values>
Values values_of(const stats::run_summary& summary, std::string_view name) {
    const auto found = summary.metrics.find(stats::metric_name::parse(name));
    return found == summary.metrics.end() ? Values{} : std::get<Values>(found->second.values);
}

boost::json::object json_of(const account& books) {
    return {{"stock", books.stock},
            {"acknowledged", books.acknowledged},
            {"in_database", books.in_database},
            {"oversold", books.oversold},
            {"duplicates", books.duplicates},
            {"lost", books.lost},
            {"unexplained", books.unexplained},
            {"miscounted", books.miscounted},
            {"conflicts", books.conflicts}};
}

boost::json::object json_of(const sell_out& burst) {
    return {{"issued", burst.issued}, {"refused", burst.refused}, {"other", burst.other}};
}

double milliseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

double run_record::success_rate() const {
    return values_of<stats::rate_values>(load.summary, "coupon_issue_success_rate").value();
}
double run_record::p95_ms() const {
    return values_of<stats::trend_values>(load.summary, "http_req_duration").p95;
}
double run_record::claim_p95_ms() const {
    return load.claims.latency.empty() ? 0 : load.claims.latency.percentile(0.95);
}
double run_record::iterations() const {
    return values_of<stats::counter_values>(load.summary, "iterations").count;
}

bool run_record::correct() const {
    return books.exact() && burst.books.exact() && burst.other == 0 && burst.issued == burst.books.stock;
}

std::string describe_books(const std::vector<run_record>& runs) {
    std::int64_t acknowledged = 0;
    std::int64_t conflicts = 0;
    std::vector<std::string> wrong;
    for (const auto& run : runs) {
        acknowledged += run.books.acknowledged + run.burst.issued;
        conflicts += run.books.conflicts + run.burst.books.conflicts;
        if (!run.correct()) wrong.push_back(fmt::format("round {} of {}", run.round, run.strategy));
    }
    if (!wrong.empty())
        return fmt::format(
            "What clients were told is NOT what the database holds, or a sell-out went wrong: {}.",
            fmt::join(wrong, ", "));
    return fmt::format(
        "The database holds exactly the {} claims that clients were told: none oversold, twice or lost, and "
        "every "
        "sell-out issued its stock. Writes that met another holder: {}.",
        acknowledged, conflicts);
}

boost::json::object summary_of(const run_record& run) {
    return {{"round", run.round},
            {"success_rate", run.success_rate()},
            {"p95_ms", run.p95_ms()},
            {"claim_p95_ms", run.claim_p95_ms()},
            {"iterations", static_cast<std::int64_t>(run.iterations())},
            {"acknowledged", run.books.acknowledged},
            {"oversold", run.books.oversold + run.burst.books.oversold},
            {"duplicates", run.books.duplicates + run.burst.books.duplicates},
            {"lost", run.books.lost + run.burst.books.lost},
            {"unexplained", run.books.unexplained + run.burst.books.unexplained},
            {"conflicts", run.books.conflicts + run.burst.books.conflicts},
            {"sell_out", json_of(run.burst)}};
}

boost::json::object details_of(const run_record& run) {
    boost::json::object outcomes;
    for (std::size_t kind = 0; kind < load::outcome_kinds; ++kind) {
        const auto what = static_cast<load::outcome>(kind);
        outcomes[load::to_string(what)] = run.load.claims.count(what);
    }
    auto sold_out = json_of(run.burst);
    sold_out["reconciliation"] = json_of(run.burst.books);
    return {{"strategy", run.strategy},
            {"round", run.round},
            {"claim_p95_ms", run.claim_p95_ms()},
            {"outcomes", outcomes},
            {"interrupted_iterations", run.load.interrupted_iterations},
            {"reconciliation", json_of(run.books)},
            {"sell_out", sold_out},
            {"generator",
             {{"lag_median_ms", milliseconds(run.load.generator.lag_median)},
              {"lag_p99_ms", milliseconds(run.load.generator.lag_p99)},
              {"lag_worst_ms", milliseconds(run.load.generator.lag_worst)},
              {"cpu_share", run.load.generator.cpu_share},
              {"was_bottleneck", run.load.generator.was_bottleneck()}}}};
}

}  // namespace dibs::experiment
