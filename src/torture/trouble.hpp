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
    failover,          ///< to a replica that was cut off before
    evicted,           ///< maxmemory with allkeys-random, and keys that fill it
    busy_script,       ///< a script that does not return for longer than a lease
    connections_cut,   ///< resets on the way to Redis
    link_slow,         ///< latency, jitter and slices on the way to Redis
    link_dead,         ///< what is sent to Redis or from it is lost, for longer than a lease
    messages_lost,     ///< the subscribers' connections are killed
    postgres_killed,   ///< SIGKILL, and started again
    masters_hung,      ///< two of redlock's five are stopped
    masters_killed,    ///< two of five are killed, and stay away for a lease
    masters_forgetful  ///< three of five are killed, and started again at once without their data
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
                                         trouble::postgres_killed,
                                         trouble::masters_hung,
                                         trouble::masters_killed,
                                         trouble::masters_forgetful};

/// As the command line and the results have it: `holder-paused`.
std::string_view to_string(trouble what);
/// Empty for a word that names none.
std::optional<trouble> trouble_from(std::string_view word);

}  // namespace dibs::torture
