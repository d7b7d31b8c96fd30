#pragma once

#include "stats/run_summary.hpp"

#include <string>

namespace dibs::report {

/// The run as k6's end-of-test text (k6 1.2 and later), to the byte, without colours: all that `k6 run -q`
/// prints on stdout, with the empty lines above and below. A threshold without samples, which k6 does not
/// know, reads `✗ 'p(95)<2000' no samples`; the value of one with `!=`, which k6 garbles, stands as any
/// other.
std::string k6_text(const stats::run_summary& run);

}  // namespace dibs::report
