#pragma once

#include "sandbox/servers.hpp"
#include "torture/cell.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dibs::torture {

/// One kind of trouble for several algorithms at once.
struct round_plan {
    trouble what = trouble::none;
    std::vector<algorithm> kinds;
    std::chrono::milliseconds length{4000};  ///< until the last trouble is healed
    std::chrono::milliseconds lease{1000};
    std::size_t workers = 3;  ///< processes for each algorithm
    std::uint64_t seed = 1;
    std::filesystem::path folder;  ///< for the histories, by trouble and algorithm
};

/// Runs it and checks the histories; blocks. `worker_command`: see crew.
/// Throws std::runtime_error where the servers or the workers cannot be started.
std::vector<cell> run_round(const round_plan& plan, sandbox::servers& box,
                            const std::vector<std::string>& worker_command);

}  // namespace dibs::torture
