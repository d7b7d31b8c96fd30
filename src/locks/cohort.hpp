#pragma once

#include "locks/kept.hpp"
#include "locks/local_line.hpp"
#include "locks/locker.hpp"
#include "locks/owner_source.hpp"

#include <memory>

namespace dibs::locks {

/// Waiters of one process queue here, one of them stands at the backend, and a release passes the lock to the
/// next of them without a round trip, within the bounds of local_handoff.hpp (lock cohorting: D. Dice, V.
/// Marathe, N. Shavit, "Lock Cohorting", PPoPP 2012). Each holder gets an owner and a token of its own; to
/// the backend the process's turn is one lease, of whoever took it.
class cohort final : public locker {
   public:
    cohort(asio::any_io_executor executor, std::unique_ptr<locker> backend);

    algorithm kind() const override { return backend_->kind(); }
    /// A request that does not hand on locally goes to the backend as it is.
    task<std::optional<lease>> acquire(lock_request request) override;
    task<void> ping(deadline until) const override { return backend_->ping(until); }
    void closed() override;

   private:
    asio::any_io_executor executor_;
    std::shared_ptr<locker> backend_;
    std::shared_ptr<owner_source> owners_ = std::make_shared<owner_source>();
    kept<local_line> lines_;
};

}  // namespace dibs::locks
