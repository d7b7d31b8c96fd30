#pragma once

#include "locks/gates.hpp"
#include "locks/locker.hpp"
#include "locks/owner_source.hpp"

namespace dibs::locks {

/// A row lock of PostgreSQL, held by an open transaction on a row of the table `dibs_locks` (made at first
/// use), whose column `token` counts the grants. Exclusive while the session lives, and free when it ends;
/// what is written in the lease's own transaction is safe whatever happens. The server ends a session that is
/// idle for a lease.
class database_locker final : public locker {
   public:
    database_locker(asio::any_io_executor executor, postgres::pool& pool);

    algorithm kind() const override { return algorithm::database; }
    task<std::optional<lease>> acquire(lock_request request) override;

   private:
    asio::any_io_executor executor_;
    postgres::pool& pool_;
    owner_source owners_;
    gates gates_;
};

}  // namespace dibs::locks
