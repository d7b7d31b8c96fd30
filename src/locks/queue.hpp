#pragma once

#include "locks/kept.hpp"
#include "locks/locker.hpp"
#include "locks/owner_source.hpp"
#include "locks/waiting_line.hpp"

namespace dibs::locks {

/// First in, first out over all waiters of all processes: the release makes the next living waiter the owner
/// and tells it, one message a hand-off. As `queue` it is exclusive within the lease; as `fencing` its token
/// is meant to be checked by the resource, which makes late writes harmless.
class queue_locker final : public locker {
   public:
    queue_locker(algorithm kind, asio::any_io_executor executor, redis_server server,
                 message_source messages);

    algorithm kind() const override { return kind_; }
    task<std::optional<lease>> acquire(lock_request request) override;
    task<void> ping(deadline until) const override { return locks::ping(*server_, until); }
    void closed() override;

   private:
    lease granted_at_once(waiting_line& line, lock_request request, owner_id owner, const attempt& answer,
                          deadline sent) const;
    std::optional<lease> granted_by_turn(waiting_line& line, waiting_line::place& place) const;

    algorithm kind_;
    asio::any_io_executor executor_;
    redis_server server_;
    owner_source owners_;
    kept<waiting_line> lines_;
};

}  // namespace dibs::locks
