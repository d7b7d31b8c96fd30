#include "experiment/run_record.hpp"
#include "load/description.hpp"
#include "report/histogram_json.hpp"

#include <boost/json/array.hpp>

namespace dibs::experiment {
namespace {

namespace json = boost::json;

json::object json_of(const account& books) {
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

json::object json_of(const sell_out& burst) {
    return {{"users", burst.users},
            {"issued", burst.issued},
            {"refused", burst.refused},
            {"other", burst.other},
            {"reconciliation", json_of(burst.books)}};
}

json::object json_of(const load::claim_log& claims) {
    json::object outcomes;
    for (std::size_t kind = 0; kind < load::outcome_kinds; ++kind) {
        const auto what = static_cast<load::outcome>(kind);
        outcomes[load::to_string(what)] = claims.count(what);
    }
    return outcomes;
}

double seconds_in(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

json::object json_of(const run_latencies& latencies) {
    return {{"request", report::histogram_json(latencies.request)},
            {"sign_up", report::histogram_json(latencies.sign_up)},
            {"claim", report::histogram_json(latencies.claim)},
            {"claim_issued", report::histogram_json(latencies.claim_issued)}};
}

json::value value_or_null(std::optional<double> value) { return value ? json::value(*value) : nullptr; }

json::array json_of(const std::vector<second_figures>& seconds) {
    json::array list;
    for (const auto& second : seconds)
        list.push_back({{"t", second.t},
                        {"users", second.users},
                        {"requests", second.requests},
                        {"issued", second.issued},
                        {"refused", second.refused},
                        {"failed", second.failed},
                        {"claim_p50_ms", value_or_null(second.claim_p50_ms)},
                        {"claim_p95_ms", value_or_null(second.claim_p95_ms)}});
    return list;
}

json::value json_of(const std::optional<page::lock_times>& lock) {
    if (!lock) return nullptr;
    return {{"wait", report::histogram_json(lock->wait)},
            {"hold", report::histogram_json(lock->hold)},
            {"tries", lock->tries},
            {"acquired", lock->acquired},
            {"timed_out", lock->timed_out},
            {"failed", lock->failed}};
}

json::object json_of(const fairness& order) {
    json::array by_arrival;
    for (const auto& waits : order.by_arrival)
        by_arrival.push_back({{"t_s", waits.from_s},
                              {"wait_p50_ms", waits.p50_ms},
                              {"wait_p95_ms", waits.p95_ms},
                              {"wait_max_ms", waits.max_ms}});
    return {{"overtaken_share", order.overtaken_share},
            {"overtaken_mean", order.overtaken_mean},
            {"overtaken_max", order.overtaken_max},
            {"by_arrival", std::move(by_arrival)}};
}

json::object cpu_json(const run_measures& measures) {
    json::object used{{"generator", seconds_in(measures.cpu.ours)},
                      {"service", seconds_in(measures.cpu.services)},
                      {"stolen", seconds_in(measures.cpu.stolen)}};
    if (measures.whose.postgres != 0) used["postgresql"] = seconds_in(measures.cpu.postgres);
    if (!measures.whose.redis.empty()) used["redis"] = seconds_in(measures.cpu.redis);
    return used;
}

}  // namespace

json::object details_of(const run_record& run) {
    return {{"strategy", run.plan.strategy},
            {"round", run.plan.round},
            {"position", run.plan.position},
            {"started", run.started},
            {"duration_s", seconds_in(run.load.summary.duration)},
            {"scenario", run.scenario},
            {"claim_p95_ms", run.outline().claim_p95_ms},
            {"outcomes", json_of(run.load.claims)},
            {"interrupted_iterations", run.load.interrupted_iterations},
            {"reconciliation", json_of(run.books)},
            {"sell_out", json_of(run.burst)},
            {"generator", load::describe(run.load.generator)},
            {"latencies", json_of(run.measures.latencies)},
            {"seconds", json_of(run.measures.seconds)},
            {"lock", json_of(run.measures.lock)},
            {"fairness", json_of(run.measures.order_of_service)},
            {"cpu_s", cpu_json(run.measures)}};
}

}  // namespace dibs::experiment
