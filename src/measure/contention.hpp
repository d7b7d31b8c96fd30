#pragma once

#include "measure/figure.hpp"
#include "measure/user_process.hpp"
#include "sandbox/servers.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// Figures of locks that several processes fight over.
namespace dibs::measure {

/// handoff_remote: two processes that take turns without holding, in µs a turn, on one core; against a
/// PUBLISH and one command; and the same against the same scripts, by blocking calls
/// (handoff_remote_scripts).
std::vector<figure> measure_remote_handoff(sandbox::servers& on, const user_processes& users,
                                           std::size_t repeats);

/// Two processes with 50 waiters each, who hold for 1 ms; as the cores come.
struct crowd_figures {
    figure wait_p99;  ///< ms, against (waiters − 1) × the measured hold
    figure wait_max;
    figure jain;
    figure utilisation;  ///< measured hold × grants a second
};
crowd_figures measure_crowd(const std::string& redis_url, const user_processes& users, algorithm kind,
                            std::size_t repeats);

/// gap_queue: between one holder's release and the next one's grant in such a crowd, in µs; against two
/// processes that take turns with the same scripts and the same hold by blocking calls.
figure measure_gap(const std::string& redis_url, const user_processes& users, std::size_t repeats);

/// bytes_per_waiter, in the process where they wait.
figure measure_memory(sandbox::servers& on, const user_processes& users);

}  // namespace dibs::measure
