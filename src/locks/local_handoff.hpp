#pragma once

#include "core/asio.hpp"

#include <dibs/lock.hpp>

#include <cstdint>

/// What one process may do among its own before others have their turn. Pure.
namespace dibs::locks {

inline constexpr std::int64_t most_local_handoffs = 1000;
inline constexpr std::chrono::milliseconds longest_local_turn{20};

constexpr bool can_hand_on_locally(algorithm kind) {
    return kind != algorithm::database && kind != algorithm::redlock;
}

/// A lease that nobody renews is its first holder's alone.
inline bool hands_on_locally(const lock_request& request) {
    if (request.renewal != renewal::automatic || !can_hand_on_locally(request.algorithm)) return false;
    if (request.local_handoff != local_handoff::by_algorithm)
        return request.local_handoff == local_handoff::on;
    return request.algorithm == algorithm::spinlock || request.algorithm == algorithm::pubsub;
}

}  // namespace dibs::locks
