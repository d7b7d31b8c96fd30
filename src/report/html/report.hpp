#pragma once

#include "report/html/bench_results.hpp"
#include "report/html/page.hpp"

namespace dibs::report::html {

/// What `dibs report` says of a folder. Pure; throws unreadable (runs.hpp).
document report_of(const bench_results& results);

}  // namespace dibs::report::html
