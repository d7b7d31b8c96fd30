#pragma once

#include "capacity/search.hpp"
#include "capacity/step.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

/// What the searches of several strategies found. Pure.
namespace dibs::capacity {

struct strategy_capacity {
    std::string strategy;
    std::vector<double> repeats = {};  ///< the highest rate held, of each search
    bool at_least = false;             ///< the generator or the bound was the limit in one of them
    std::vector<step> steps = {};      ///< of all searches

    double median() const;
    /// Claims issued a second in the middle one, by p99, of the steps that held the median rate.
    double goodput() const;
};

struct capacity_run {
    double p99_ms = 0;
    double step_s = 0;
    double precision = 0;
    std::size_t connections = 0;
    std::vector<strategy_capacity> strategies = {};  ///< in the order in which they were searched
};

/// Of what was searched at least once. The members `p99_ms`, `step_s`, `precision`, `connections` and
/// `strategies` of capacity.json.
boost::json::object json_of(const capacity_run& found);

/// Markdown: the strategies, the best first, and below them the latencies at every rate that was tried.
std::string table(const capacity_run& found);

}  // namespace dibs::capacity
