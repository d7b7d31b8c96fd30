#include "capacity/step.hpp"

#include "measure/disturbance.hpp"

#include <algorithm>

namespace dibs::capacity {
namespace {

constexpr double most_of_a_core = 0.9;
constexpr int created = 201;

outcome outcome_of(const step& seen, const claims_bench::load_report& told, const demand& wanted) {
    const double limit = std::chrono::duration<double, std::milli>(wanted.p99).count();
    if (told.sent > 0 && seen.dropped == 0 && seen.failures == 0 && seen.p99_ms < limit) return outcome::held;
    if (seen.stolen_share > measure::disturbing_share) return outcome::disturbed;
    const double share = told.seconds > 0 ? told.cpu_us / 1e6 / told.seconds : 0;
    const bool by_generator = share >= most_of_a_core || told.own_lag_p99_ms >= limit / 2;
    return by_generator ? outcome::generator_limited : outcome::failed;
}

}  // namespace

step judged(double rate, const claims_bench::load_report& told, double stolen_share, const demand& wanted) {
    step seen;
    seen.rate = rate;
    const auto issued = told.answered(created);
    if (told.seconds > 0) seen.issued_per_s = static_cast<double>(issued) / told.seconds;
    seen.p50_ms = told.p50_ms;
    seen.p95_ms = told.p95_ms;
    seen.p99_ms = told.p99_ms;
    seen.dropped = told.dropped;
    seen.failures = told.sent - issued;
    seen.lag_p99_ms = told.lag_p99_ms;
    seen.stolen_share = stolen_share;
    seen.what = outcome_of(seen, told, wanted);
    return seen;
}

boost::json::array curve_json(std::vector<step> steps) {
    std::ranges::stable_sort(steps, {}, &step::rate);
    boost::json::array curve;
    for (const auto& one : steps)
        curve.push_back({{"rate", one.rate},
                         {"issued_per_s", one.issued_per_s},
                         {"p50_ms", one.p50_ms},
                         {"p95_ms", one.p95_ms},
                         {"p99_ms", one.p99_ms},
                         {"dropped", one.dropped},
                         {"failures", one.failures},
                         {"lag_p99_ms", one.lag_p99_ms},
                         {"stolen", one.stolen_share},
                         {"held", one.what == outcome::held},
                         {"outcome", to_string(one.what)}});
    return curve;
}

}  // namespace dibs::capacity
