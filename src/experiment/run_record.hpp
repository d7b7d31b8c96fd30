#pragma once

#include "experiment/account.hpp"
#include "experiment/cpu_time.hpp"
#include "experiment/plan.hpp"
#include "experiment/run_outline.hpp"
#include "experiment/run_samples.hpp"
#include "load/generator.hpp"
#include "page/lock_times.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dibs::experiment {

/// The sell-out burst of a run.
struct sell_out {
    std::int64_t users = 0;
    std::int64_t issued = 0;
    std::int64_t refused = 0;  ///< told that it was sold out
    std::int64_t other = 0;    ///< any other answer, or none
    account books;
};

/// What was observed while the load ran; of the burst there is none of it.
struct run_measures {
    run_latencies latencies;
    std::vector<second_figures> seconds;
    fairness order_of_service;
    std::optional<page::lock_times> lock;  ///< of all service processes; empty: the strategy takes none
    cpu_reading cpu;
    parties whose;
};

/// One run of one strategy: the load, the burst, and what the database says to both.
struct run_record {
    planned_run plan;
    std::string started;           ///< `2026-11-28T12:00:00Z`
    boost::json::object scenario;  ///< as load::describe has it
    load::run_result load;
    run_measures measures;
    account books;
    sell_out burst;

    /// The books of both are exact and the burst issued its stock to the last piece.
    bool correct() const;
    run_outline outline() const;
};

/// What dibs knows of a run beside k6's figures, for the run's own file.
boost::json::object details_of(const run_record& run);

}  // namespace dibs::experiment
