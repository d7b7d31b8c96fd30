#pragma once

#include "report/html/bench_results.hpp"
#include "report/html/section.hpp"

#include <vector>

/// The parts of the report below its first screen. Each says by which command its data is made where the
/// folder has none. Pure; they throw unreadable (runs.hpp) for a run's histogram that is none.
namespace dibs::report::html {

section latency_section(const bench_results& of);
section over_time_section(const bench_results& of);
section lock_section(const bench_results& of);
section capacity_section(const bench_results& of);
section outcomes_section(const bench_results& of);
section cost_section(const bench_results& of);
section fairness_section(const bench_results& of);
section rounds_section(const bench_results& of);
section books_section(const bench_results& of);
section published_section(const bench_results& of);
section torture_section(const bench_results& of);
section measure_section(const bench_results& of);
section claims_section(const bench_results& of);
section origin_section(const bench_results& of);

}  // namespace dibs::report::html
