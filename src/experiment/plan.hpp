#pragma once

#include "load/schedule.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a bench runs, and in which order. Pure.
namespace dibs::experiment {

/// How long and how often: the published experiment, or a tenth of it.
struct profile {
    std::string name;
    std::vector<load::stage> stages;
    int rounds;
};

/// "quick" or "published"; empty for any other name.
std::optional<profile> profile_named(std::string_view name);

/// The order of each round: every strategy once, shuffled. The same seed gives the same orders on every
/// machine.
std::vector<std::vector<std::string>> randomised_blocks(const std::vector<std::string>& strategies,
                                                        int rounds, std::uint64_t seed);

}  // namespace dibs::experiment
