#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace dibs::report {

/// What differs in how two benches were made, by their summary.json: profile, scenario, machine, version and
/// so on, a line each; and what makes one of them doubtful. Null: there is no such file.
std::vector<std::string> differences_of_setting(const boost::json::value& before,
                                                const boost::json::value& after);

}  // namespace dibs::report
