#pragma once

#include <dibs/lock.hpp>

#include <chrono>

namespace dibs {

/// How a lock came to its holder.
enum class handoff {
    none,    ///< it was free
    local,   ///< from a holder in this process, which did not ask the server
    remote,  ///< from another holder by a message of the server's (queue, fencing)
};

/// One acquire(), when it has ended.
struct acquisition {
    enum class outcome {
        granted,
        busy,       ///< others held it until the wait was over
        cancelled,  ///< by its caller
        failed      ///< with a dibs::error
    };

    const lock_name& name;
    dibs::algorithm algorithm;
    outcome ended;
    std::chrono::nanoseconds wait;
    int tries;              ///< requests that asked for the lock; 0 where it was not granted
    dibs::handoff handoff;  ///< of one that was granted
};

/// One lease, when it was given back or dropped.
struct hold_end {
    enum class how {
        released,
        expired,    ///< its time was over before
        not_owner,  ///< its time was over before, and another holds the lock; of redlock: expired
        failed      ///< the backend did not answer: the lock ends with its lease
    };

    const lock_name& name;
    dibs::algorithm algorithm;
    how ended;
    std::chrono::nanoseconds held;  ///< from the grant to the answer to its release
};

/// What happens to the locks of a client, for metrics. Called on the client's executor: must not block, throw
/// or use the client. Functions that are not overridden do nothing.
class observer {
   public:
    observer() = default;
    observer(const observer&) = delete;
    observer& operator=(const observer&) = delete;
    virtual ~observer() = default;

    virtual void acquired(const acquisition& /*what*/) {}
    virtual void held(const hold_end& /*what*/) {}
    /// A holder was told that its lease is lost.
    virtual void lost(const lock_name& /*name*/, algorithm /*kind*/) {}
    /// A renewal was answered so long after it was due.
    virtual void renewed(const lock_name& /*name*/, algorithm /*kind*/, std::chrono::nanoseconds /*lag*/) {}
};

}  // namespace dibs
