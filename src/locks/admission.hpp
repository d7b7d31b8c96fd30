#pragma once

#include <dibs/error.hpp>
#include <dibs/lock.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace dibs::locks {

/// Those of one process who may wait for one name: more are an error, not memory.
inline constexpr std::size_t most_waiters = 100'000;

/// Throws fault::exhausted where so many wait already.
inline void admit_waiter(std::size_t waiting, const lock_name& name) {
    if (waiting >= most_waiters)
        throw error(fault::exhausted, "dibs", name.text(), "as many wait for it in this process as may");
}

/// Throws fault::bad_input for a time that no lease can have. Less would be over before it could be used: 2
/// ms of it are the margin for drift.
inline void check_lease(std::chrono::milliseconds lease, const std::string& subject) {
    if (lease < std::chrono::milliseconds(10) || lease > std::chrono::hours(24))
        throw error(fault::bad_input, "dibs", subject, "a lease is of 10 ms to 24 hours");
}

}  // namespace dibs::locks
