#include "load/description.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <variant>

namespace dibs::load {
namespace {

namespace json = boost::json;

double milliseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

struct executor_words {
    json::object operator()(const ramping_users& asked) const {
        json::array stages;
        for (const stage& next : asked.stages)
            stages.push_back({{"seconds", seconds(next.length)}, {"target", next.target}});
        return {{"executor", "ramping-vus"}, {"start_vus", asked.start}, {"stages", std::move(stages)}};
    }
    json::object operator()(const arrival_rate& asked) const {
        json::array stages;
        for (const rate_stage& next : asked.stages)
            stages.push_back({{"seconds", seconds(next.length)}, {"target", next.target}});
        return {{"executor", asked.is_constant() ? "constant-arrival-rate" : "ramping-arrival-rate"},
                {"start_rate", asked.start},
                {"stages", std::move(stages)},
                {"max_vus", asked.most_users}};
    }
};

json::object described(const claim_log& claims) {
    json::object made{
        {"count", claims.latency.count()},           {"acknowledged", claims.count(outcome::issued)},
        {"p50_ms", claims.latency.percentile(0.5)},  {"p95_ms", claims.latency.percentile(0.95)},
        {"p99_ms", claims.latency.percentile(0.99)}, {"max_ms", claims.latency.max()}};
    for (std::size_t kind = 0; kind < outcome_kinds; ++kind)
        made[to_string(static_cast<outcome>(kind))] = claims.outcomes.at(kind);
    return made;
}

}  // namespace

json::object describe_scenario(const scenario& asked) {
    json::object made = std::visit(executor_words(), asked.executor);
    if (std::holds_alternative<ramping_users>(asked.executor))
        made["graceful_ramp_down_s"] = seconds(asked.allowed.ramp_down);
    made["graceful_stop_s"] = seconds(asked.allowed.stop);
    return made;
}

json::object describe(const generator_report& seen) {
    return {{"lag_median_ms", milliseconds(seen.lag_median)},
            {"lag_p99_ms", milliseconds(seen.lag_p99)},
            {"lag_worst_ms", milliseconds(seen.lag_worst)},
            {"start_lag_p99_ms", milliseconds(seen.start_lag_p99)},
            {"cpu_share", seen.cpu_share},
            {"was_bottleneck", seen.was_bottleneck()}};
}

json::object describe(const scenario& asked, const run_result& done) {
    const bool with_password = asked.does.registration == sign_up::with_password;
    return {{"strategy", asked.does.strategy},
            {"url", asked.service.describe()},
            {"coupon", asked.does.coupon.id},
            {"with_password", with_password},
            {"seed", asked.seed},
            {"scenario", describe_scenario(asked)},
            {"duration_s", seconds(done.summary.duration)},
            {"interrupted", done.ended == ending::interrupted},
            {"aborted", done.ended == ending::aborted},
            {"interrupted_iterations", done.interrupted_iterations},
            {"dropped_iterations", done.dropped_iterations},
            {"claims", described(done.claims)},
            {"generator", describe(done.generator)}};
}

std::string bottleneck_warning(const generator_report& seen) {
    if (!seen.was_bottleneck()) return {};
    const std::string late = fmt::format(
        "its timers fired {:.1f} ms late at the 99th percentile, {:.1f} ms at worst, and the latencies "
        "include that",
        milliseconds(std::max(seen.lag_p99, seen.start_lag_p99)), milliseconds(seen.lag_worst));
    if (seen.was_saturated())
        return fmt::format(
            "the load generator was a bottleneck, with {:.0f} % of the one core it can use: {}",
            100 * seen.cpu_share, late);
    return fmt::format(
        "the machine was too busy to run the load generator in time (with {:.0f} % of a core): {}",
        100 * seen.cpu_share, late);
}

}  // namespace dibs::load
