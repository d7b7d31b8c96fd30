#pragma once

#include "locks/locker.hpp"
#include "locks/owner_source.hpp"
#include "locks/single_key.hpp"

#include <random>

namespace dibs::locks {

/// SET NX PX with decorrelated jitter between the tries; one waiter of each process and name tries at a time.
/// Exclusive within the lease; unfair between processes. Unsafe without fencing where a holder outlives its
/// lease or the server loses its state.
class spinlock_locker final : public locker {
   public:
    spinlock_locker(asio::any_io_executor executor, redis_server server);

    algorithm kind() const override { return algorithm::spinlock; }
    task<std::optional<lease>> acquire(lock_request request) override;
    task<void> ping(deadline until) const override { return locks::ping(*server_, until); }

   private:
    asio::any_io_executor executor_;
    redis_server server_;
    owner_source owners_;
    kept<single_key> names_;
    std::minstd_rand random_;
};

}  // namespace dibs::locks
