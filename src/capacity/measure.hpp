#pragma once

#include "capacity/capacity.hpp"
#include "claims_bench/stage.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace dibs::capacity {

struct measuring {
    demand wanted;
    std::chrono::milliseconds step = std::chrono::seconds(5);  ///< how long each rate is held
    std::size_t repeats = 3;                                   ///< searches
    search_options search;
};

/// Called before every step, with the number of the search from 1 and the rate.
using step_watcher = std::function<void(std::size_t, double)>;

/// Searches on a stage with users for the highest rate. After each step the database is held against what was
/// acknowledged: throws std::runtime_error where they differ, or where the service does not offer the
/// strategy. The second search begins near what the first found.
strategy_capacity measure(claims_bench::stage& on, const std::string& strategy, const measuring& how,
                          const step_watcher& watch);

}  // namespace dibs::capacity
