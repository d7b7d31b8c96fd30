#pragma once

#include "experiment/machine.hpp"
#include "experiment/plan.hpp"
#include "experiment/run_outline.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A bench as summary.json has it: what was to be run, on what, and what has been. Pure.
namespace dibs::experiment {

enum class server_owner { ours, given };

struct bench_outline {
    profile ran;
    std::uint64_t seed = 0;
    std::vector<std::vector<std::string>> order;  ///< of each round
    std::string command;                          ///< without passwords
    std::string version;
    std::string started;  ///< `2026-11-28T12:00:00Z`
    machine on;
    int processes = 0;  ///< of the service
    server_owner servers = server_owner::ours;
    boost::json::object scenario = {};  ///< as load::describe has it; empty before the first run
    std::vector<run_outline> runs = {};

    /// Every strategy that is in the order, as its first round has them sorted by name.
    std::vector<std::string> strategies() const;
    /// What has not been run yet, in its order.
    std::vector<planned_run> missing() const { return experiment::missing(order, runs); }
    bool finished() const { return missing().empty(); }
};

boost::json::object json_of(const bench_outline& bench);
/// Throws std::runtime_error that says what is wrong: no bench's summary, one of an older format.
bench_outline bench_outline_from(std::string_view json);

/// Whether `now` may go on where `before` stopped: one sentence for each reason against it, and what the
/// reader should know all the same.
machine_differences differences(const bench_outline& before, const bench_outline& now);

}  // namespace dibs::experiment
