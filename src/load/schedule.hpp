#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

/// When virtual users start and stop, computed before the run (k6's executor `ramping-vus`). Pure.
namespace dibs::load {

/// A straight ramp from the number of users before it to `target`; of length zero: a jump.
struct stage {
    std::chrono::nanoseconds length;
    std::uint32_t target = 0;
};

/// How long iterations under way may still take.
struct grace {
    /// After their user was stopped by a ramp down.
    std::chrono::nanoseconds ramp_down = std::chrono::seconds(10);
    /// After the last stage.
    std::chrono::nanoseconds stop = std::chrono::seconds(30);
};

enum class turn {
    start,  ///< begins to iterate, or goes on if it was finishing its last iteration
    stop,   ///< finishes its iteration and begins no other
    cut     ///< is interrupted, unless it has finished
};

struct step {
    std::chrono::nanoseconds at;  ///< since the start of the run
    std::uint32_t user = 0;       ///< from 1
    turn what = turn::start;
    bool operator==(const step&) const = default;
};

struct schedule {
    std::vector<step> steps;          ///< in order of time
    std::chrono::nanoseconds length;  ///< of the stages together: the run's last stop, without grace
    std::uint32_t peak = 0;           ///< users that exist, the most that ever run at a time
};

/// The user started last stops first. A user that starts again before it would be cut is not cut.
schedule plan(std::uint32_t start_users, std::span<const stage> stages, const grace& allowed);

}  // namespace dibs::load
