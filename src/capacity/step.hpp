#pragma once

#include "capacity/search.hpp"
#include "claims_bench/load_orders.hpp"

#include <boost/json/array.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

/// One step of a search: a load at one rate, and whether it was held. Pure.
namespace dibs::capacity {

/// What a step is held to.
struct demand {
    std::chrono::nanoseconds p99{0};  ///< of the latencies from the intended start, in the whole step
};

struct step {
    double rate = 0;  ///< that was intended, a second
    double issued_per_s = 0;
    double p50_ms = 0;
    double p95_ms = 0;
    double p99_ms = 0;
    std::uint64_t dropped = 0;   ///< never sent: no connection was free before the step's end
    std::uint64_t failures = 0;  ///< answered otherwise than issued, or not at all
    double lag_p99_ms = 0;       ///< how late requests were sent
    double stolen_share = 0;     ///< of the processors, by the host of the machine meanwhile
    outcome what = outcome::failed;
};

/// Held: p99 under the limit, every claim sent and issued. A step that was not is the generator's doing where
/// it used nine tenths of its core, or sent so late, with a connection free, that this was half of the limit;
/// and disturbed where the host took more than measure::disturbing_share.
step judged(double rate, const claims_bench::load_report& told, double stolen_share, const demand& wanted);

/// In the order of their rates.
boost::json::array curve_json(std::vector<step> steps);

}  // namespace dibs::capacity
