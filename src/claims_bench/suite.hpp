#pragma once

#include "claims_bench/figure.hpp"
#include "claims_bench/stage.hpp"

#include <functional>
#include <string>
#include <vector>

namespace dibs::claims_bench {

/// What one run of a measurement yields.
struct measurement {
    std::vector<std::string> names;
    std::function<std::vector<figure>(stage&)> run;
};

/// All of them, in the order of the table.
const std::vector<measurement>& suite();

}  // namespace dibs::claims_bench
