#pragma once

#include <dibs/error.hpp>
#include <dibs/lock.hpp>

#include <cstddef>

namespace dibs::locks {

/// Those of one process who may wait for one name: more are an error, not memory.
inline constexpr std::size_t most_waiters = 100'000;

/// Throws fault::exhausted where so many wait already.
inline void admit_waiter(std::size_t waiting, const lock_name& name) {
    if (waiting >= most_waiters)
        throw error(fault::exhausted, "dibs", name.text(), "as many wait for it in this process as may");
}

}  // namespace dibs::locks
