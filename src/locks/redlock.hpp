#pragma once

#include "locks/gates.hpp"
#include "locks/locker.hpp"
#include "locks/owner_source.hpp"

#include <random>
#include <vector>

namespace dibs::locks {

/// Redlock (S. Sanfilippo, redis.io/docs/manual/patterns/distributed-locks): the same key on independent
/// servers, granted by a majority of them within a validity that allows for drift. One waiter of each process
/// and name stands at the servers at a time. Exclusive while a majority keeps its state; its grants have no
/// order, so a lease has no token and a late write cannot be told from a good one.
class redlock_locker final : public locker {
   public:
    redlock_locker(asio::any_io_executor executor, redis_masters masters);

    algorithm kind() const override { return algorithm::redlock; }
    /// Throws dibs::error when so many servers fail that no majority can be had.
    task<std::optional<lease>> acquire(lock_request request) override;

   private:
    asio::any_io_executor executor_;
    redis_masters masters_;
    owner_source owners_;
    gates gates_;
    std::minstd_rand random_;
};

}  // namespace dibs::locks
