#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace dibs::report {

/// `value` over several lines, indented by four spaces, with a line end behind it; numbers in their shortest
/// form and lists of nothing but numbers on one line. Boost.JSON itself writes all on one line, and 1.5
/// as 1.5E0.
std::string json_text(const boost::json::value& value);

}  // namespace dibs::report
