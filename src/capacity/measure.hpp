#pragma once

#include "capacity/capacity.hpp"
#include "claims_bench/stage.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace dibs::capacity {

struct measuring {
    demand wanted;
    std::chrono::milliseconds step = std::chrono::seconds(5);  ///< how long each rate is held
    std::size_t repeats = 3;                                   ///< searches
    search_options search;
};

/// Called before every step, with its rate.
using step_watcher = std::function<void(double)>;

/// Throws std::runtime_error where the service does not offer one of the strategies.
void demand_offered(claims_bench::stage& on, const std::vector<std::string>& strategies);

/// Searches once more on a stage with users for the highest rate, near what the last search found. After each
/// step the database is held against what was acknowledged: throws std::runtime_error where they differ.
void search_once(claims_bench::stage& on, strategy_capacity& into, const measuring& how,
                 const step_watcher& watch);

}  // namespace dibs::capacity
