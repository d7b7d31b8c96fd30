#pragma once

#include "claims_bench/figure.hpp"
#include "claims_bench/stage.hpp"

#include <vector>

namespace dibs::claims_bench {

/// 10,000 claims that wait at once for a lock that another process holds: how many of them fail or are lost
/// when it is given back, and the memory that the service has for each. Restarts the services.
std::vector<figure> measure_waiting(stage& on);

}  // namespace dibs::claims_bench
