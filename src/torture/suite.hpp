#pragma once

#include "torture/round.hpp"

#include <functional>

namespace dibs::torture {

struct suite_plan {
    std::vector<algorithm> kinds;   ///< empty: all
    std::vector<trouble> troubles;  ///< empty: all
    std::chrono::milliseconds length{10'000};
    std::chrono::milliseconds lease{1000};
    std::size_t workers = 3;
    std::uint64_t seed = 1;
    std::filesystem::path folder;
};

/// The rounds that cover every algorithm under every trouble that touches it.
std::vector<round_plan> rounds_of(const suite_plan& plan);

/// Sixteen cells: each algorithm with a paused and with a killed holder, failover and FLUSHALL for fencing, a
/// killed PostgreSQL for database, two hung masters for redlock.
std::vector<round_plan> quick_rounds(const suite_plan& plan);

}  // namespace dibs::torture
