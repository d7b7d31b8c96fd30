#pragma once

#include "core/asio.hpp"
#include "locks/lease.hpp"
#include "locks/servers.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace dibs::postgres {
class pool;
}

namespace dibs::locks {

/// A lock algorithm on its backend. All calls from the executor it was made for.
class locker {
   public:
    virtual ~locker() = default;
    virtual algorithm kind() const = 0;

    /// Empty: others held the lock until request.wait had passed. Throws dibs::error when a backend fails; an
    /// attempt whose answer was lost is withdrawn in the background.
    virtual task<std::optional<lease>> acquire(lock_request request) = 0;

    /// Throws dibs::error where the backend does not answer by then: asked for a waiter that was behind
    /// others of its process until its time was up, and so has heard nothing itself. database and redlock ask
    /// nothing: theirs who stand at the servers are told soon, and those behind them after them.
    virtual task<void> ping(deadline /*until*/) const { co_return; }

    /// The connections were closed: wakes those who wait for a message, to find that out.
    virtual void closed() {}
};

/// The servers that locks live on. The caller keeps the pool longer than any locker or lease.
struct backends {
    asio::any_io_executor executor;
    redis_server redis;              ///< spinlock, pubsub, queue, fencing
    message_source subscriber;       ///< pubsub, queue, fencing: of the same server
    redis_masters masters;           ///< redlock: independent servers, an odd number
    postgres::pool* pool = nullptr;  ///< database
};

/// Throws dibs::error (bad_input) for so many masters of redlock.
void check_masters(std::size_t count);

/// Throws dibs::error (bad_input) when the backends that `kind` needs are not there.
std::unique_ptr<locker> make_locker(algorithm kind, const backends& servers);

}  // namespace dibs::locks
