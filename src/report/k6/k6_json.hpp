#pragma once

#include "stats/run_summary.hpp"

#include <boost/json/object.hpp>

namespace dibs::report {

/// The run in the form of k6's `--summary-export`: `root_group` with the checks and `metrics` with their
/// values and thresholds, a threshold being true when it was crossed. Durations are in milliseconds. A
/// metric without samples appears only if it has thresholds, and with nothing else.
boost::json::object k6_json(const stats::run_summary& run);

/// The same with what dibs itself knows of the run as its last member, "dibs"; `dibs stats` finds the
/// strategy there, as "strategy", and the number of the round, as "round".
boost::json::object run_json(const stats::run_summary& run, boost::json::object about);

}  // namespace dibs::report
