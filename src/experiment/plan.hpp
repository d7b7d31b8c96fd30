#pragma once

#include "load/schedule.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a bench runs, and in which order. Pure.
namespace dibs::experiment {

/// How long and how often: the published experiment, a tenth of it, or a hundredth, which shows no more than
/// that everything works.
struct profile {
    std::string name;
    std::vector<load::stage> stages;
    int rounds;
};

/// "smoke", "quick" or "published"; empty for any other name.
std::optional<profile> profile_named(std::string_view name);

/// The order of each round: every strategy once, shuffled. The same seed gives the same orders on every
/// machine.
std::vector<std::vector<std::string>> randomised_blocks(const std::vector<std::string>& strategies,
                                                        int rounds, std::uint64_t seed);

struct run_outline;

/// A run that is to be made.
struct planned_run {
    int round = 0;     ///< from 1
    int position = 0;  ///< in its round, from 1
    std::string strategy;

    bool operator==(const planned_run&) const = default;
};

/// What of that order is not among the runs, in its order.
std::vector<planned_run> missing(const std::vector<std::vector<std::string>>& order,
                                 const std::vector<run_outline>& runs);

}  // namespace dibs::experiment
