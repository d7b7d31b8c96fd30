#pragma once

#include "stats/run_summary.hpp"

#include <string>

namespace dibs::report {

/// The run as k6's end-of-test text (k6 1.2 and later), to the byte, without colours: from the empty line
/// above the first heading to the two line ends behind the last metric. A threshold without samples, which
/// k6 does not know, reads `✗ 'p(95)<2000' no samples`.
std::string k6_text(const stats::run_summary& run);

}  // namespace dibs::report
