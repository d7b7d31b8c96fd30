#pragma once

#include "load/arrivals.hpp"
#include "load/schedule.hpp"

#include <stdexcept>
#include <string_view>

namespace dibs::load {

/// What was asked for makes no run; the text says which part and what would do.
class bad_scenario : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// `10s`, `1m30s`, `500ms`, `1.5h`: numbers with units (ns, us, ms, s, m, h). Throws bad_scenario.
std::chrono::nanoseconds parse_duration(std::string_view text);

/// `30s:100`: a duration and the number of users at its end. Throws bad_scenario.
stage parse_stage(std::string_view text);

/// `500/s`, `30000/m`, `1/10s`: a number for each time. A second. Throws bad_scenario.
double parse_rate(std::string_view text);

/// `10s:200/s`: a duration and the rate at its end. Throws bad_scenario.
rate_stage parse_rate_stage(std::string_view text);

}  // namespace dibs::load
