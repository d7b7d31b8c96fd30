#pragma once

#include "stats/metric_set.hpp"

#include <cstdint>
#include <string>

/// Numbers as k6 prints them at the end of a test (k6 1.2 and later), in its own arithmetic: IEEE doubles, so
/// that 0.29 comes out as 28.99 %.
namespace dibs::report {

/// `28.99%` for a share of 0 to 1: two decimals, cut off.
std::string format_percentage(double share);

/// Below a minute at most two decimals, cut off, in ns, µs, ms or s; above whole seconds: `1m1s`, `1h0m0s`.
std::string format_duration(double milliseconds);

/// To base 1000: `512 B`, `1.0 kB`, `124 kB`.
std::string format_bytes(double bytes);

/// At most six decimals, rounded, without trailing zeros.
std::string format_number(double value);

/// By the metric's unit.
std::string format_value(double value, stats::unit shown_as);

/// How many in a hundred, rounded down, as beside a check that failed at times. Not of 0 and 0.
std::uint64_t floored_percentage(std::uint64_t passes, std::uint64_t fails);

}  // namespace dibs::report
