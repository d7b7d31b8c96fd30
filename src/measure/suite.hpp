#pragma once

#include "measure/figure.hpp"
#include "measure/user_process.hpp"
#include "sandbox/servers.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace dibs::measure {

struct suite_setting {
    sandbox::servers& servers;  ///< with five masters
    const user_processes& users;
    std::size_t repeats = 9;
    std::size_t crowd_repeats = 5;
};

/// What one run of a measurement yields.
struct measurement {
    std::vector<std::string> names;
    std::function<std::vector<figure>(const suite_setting&)> run;
};

/// All of them, in the order of the table.
const std::vector<measurement>& suite();

}  // namespace dibs::measure
