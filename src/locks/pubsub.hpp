#pragma once

#include "core/wakeup.hpp"
#include "locks/locker.hpp"
#include "locks/owner_source.hpp"
#include "locks/single_key.hpp"
#include "redis/subscriber.hpp"

namespace dibs::locks {

/// The spinlock's key, without polling: each process listens for the release of the names it waits for, and
/// wakes one waiter a release. Exclusive within the lease; first come, first served within a process only.
/// Unsafe without fencing where a holder outlives its lease or the server loses its state.
class pubsub_locker final : public locker {
   public:
    pubsub_locker(asio::any_io_executor executor, redis_server server, message_source messages);

    algorithm kind() const override { return algorithm::pubsub; }
    task<std::optional<lease>> acquire(lock_request request) override;
    task<void> ping(deadline until) const override { return locks::ping(*server_, until); }
    void closed() override;

   private:
    /// Wakes the waiter of this process that is first in line for a name.
    struct bell {
        explicit bell(const asio::any_io_executor& executor) : rung(executor) {}
        wakeup rung;
        redis::subscription subscription;
    };

    task<void> listen(std::shared_ptr<bell> to, std::string channel, deadline until);

    asio::any_io_executor executor_;
    redis_server server_;
    message_source messages_;
    owner_source owners_;
    kept<single_key> names_;
    kept<bell> bells_;
};

}  // namespace dibs::locks
