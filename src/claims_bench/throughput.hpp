#pragma once

#include "claims_bench/figure.hpp"
#include "claims_bench/stage.hpp"

#include <string>

namespace dibs::claims_bench {

/// Durable claims a second over HTTP, beside the same transactions alone; absent where the service does not
/// offer the strategy. Every claim must be issued, and the database must hold exactly what was acknowledged:
/// throws std::runtime_error else.
figure measure_claims(stage& on, const std::string& strategy);

/// `batch` at a given rate: the 99th percentile of the latencies from the intended start, in ms.
figure measure_paced(stage& on);

/// Refusals a second of a coupon that is sold out, beside the bare HTTP server's answers of the same size.
figure measure_sold_out(stage& on);

}  // namespace dibs::claims_bench
