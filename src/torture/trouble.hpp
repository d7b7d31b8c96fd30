#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace dibs::torture {

/// What is done to those who use a lock, or to the servers it lives on.
enum class trouble {
    none,
    holder_paused,    ///< a process is stopped for longer than its leases, and goes on
    holder_killed,    ///< SIGKILL; another process takes its place
    redis_restarted,  ///< SIGKILL, and started again without its data
    redis_paused,     ///< stopped for longer than a lease
    flushall,
    failover,         ///< to a replica that was cut off before
    evicted,          ///< maxmemory with allkeys-random, and keys that fill it
    busy_script,      ///< a script that does not return for longer than a lease
    connections_cut,  ///< resets on the way to Redis
    link_slow,        ///< latency, jitter and slices on the way to Redis
    link_dead,        ///< what is sent to Redis or from it is lost, for longer than a lease
    messages_lost,    ///< the subscribers' connections are killed
    redis_full,       ///< it takes no new connection (maxclients), and the subscribers' are killed
    /// Redis's clock is set forward by more than a lease and, to heal, set right again.
    clock_forward,
    /// Redis's clock is set back by more than a lease, each time further. It is not set right again: that
    /// would be clock_forward.
    clock_backward,
    postgres_killed,    ///< SIGKILL, and started again
    postgres_paused,    ///< all its processes are stopped for longer than a lease
    postgres_full,      ///< others take every session, and the server ends those that idle
    masters_hung,       ///< two of redlock's five are stopped
    masters_killed,     ///< two of five are killed, and stay away for a lease
    masters_failing,    ///< two at a time, in any order, are killed for a lease, stopped, or cut off
    masters_forgetful,  ///< three of five are killed, and started again at once without their data
    clocks_forward      ///< the clocks of three of five are set forward by more than a lease, and right again
};

inline constexpr std::array all_troubles{trouble::none,
                                         trouble::holder_paused,
                                         trouble::holder_killed,
                                         trouble::redis_restarted,
                                         trouble::redis_paused,
                                         trouble::flushall,
                                         trouble::failover,
                                         trouble::evicted,
                                         trouble::busy_script,
                                         trouble::connections_cut,
                                         trouble::link_slow,
                                         trouble::link_dead,
                                         trouble::messages_lost,
                                         trouble::redis_full,
                                         trouble::clock_forward,
                                         trouble::clock_backward,
                                         trouble::postgres_killed,
                                         trouble::postgres_paused,
                                         trouble::postgres_full,
                                         trouble::masters_hung,
                                         trouble::masters_killed,
                                         trouble::masters_failing,
                                         trouble::masters_forgetful,
                                         trouble::clocks_forward};

/// As the command line and the results have it: `holder-paused`.
std::string_view to_string(trouble what);
/// Empty for a word that names none.
std::optional<trouble> trouble_from(std::string_view word);

}  // namespace dibs::torture
