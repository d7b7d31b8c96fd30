#pragma once

#include "sandbox/servers.hpp"
#include "soak/blows.hpp"
#include "soak/reconcile.hpp"
#include "soak/tally.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dibs::soak {

struct soak_plan {
    std::int64_t claims = 100'000;  ///< to be acknowledged
    std::size_t kills = 100;
    std::vector<std::string> strategies;
    std::size_t processes = 2;  ///< of `dibs serve`
    double rate = 400;          ///< customers a second
    std::uint64_t seed = 0;
    std::filesystem::path executable;  ///< of dibs
    std::filesystem::path folder;      ///< there already; the history and the services' log go there
};

struct soak_progress {
    std::uint64_t acknowledged = 0;
    std::size_t blows = 0;
    std::size_t blows_planned = 0;
};

enum class soak_ending {
    whole,
    interrupted,
    service_ended,  ///< of its own accord
    stalled         ///< no claim was acknowledged for a minute although every victim came back
};

/// Everything is an error but what was planned.
struct soak_result {
    soak_ending ended = soak_ending::whole;
    std::array<std::uint64_t, blow_kinds> blows{};
    std::chrono::nanoseconds load_took{0};
    std::size_t crashed = 0;  ///< services that ended of their own accord
    tally seen;
    holdings held;
    books found;

    std::uint64_t kills() const;
    /// Nothing went wrong, as far as it went.
    bool good() const;
};

/// Load, blows and reconciliation. SIGINT and SIGTERM end the load, and what there is then is reconciled; a
/// second one does what signals do. Throws std::runtime_error and dibs::error.
soak_result run_soak(const soak_plan& plan, sandbox::servers& box,
                     const std::function<void(const soak_progress&)>& watch);

}  // namespace dibs::soak
