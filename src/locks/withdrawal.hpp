#pragma once

#include "locks/grants.hpp"
#include "redis/client_identity.hpp"

#include <dibs/error.hpp>

#include <exception>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace dibs::locks {

/// Undoes in the background an attempt that may have been carried out, for a waiter that is gone. `cause`:
/// what its request ended with, if that was a failure. A connection lost on the way is killed first, so that
/// nothing of it can run later; where that is not allowed a ghost may hold the lock for one lease.
void withdraw(const asio::any_io_executor& executor, grants scripts, const owner_id& owner, terms wanted,
              const std::exception_ptr& cause);

/// Connections that requests were lost on. What was sent there may run yet: they are killed before it is
/// undone.
class lost_connections {
   public:
    /// Of a request that ended with this.
    void add(const error& failure);
    bool any() const { return !clients_.empty(); }
    /// Returns when nothing that was lost on any of them can run later, as far as the server permits.
    task<void> kill(const grants& scripts, deadline until);

   private:
    std::set<redis::client_identity> clients_;
};

/// Waiters that are gone, as the server knows them.
struct leavers {
    std::vector<std::string> entries;
    std::chrono::milliseconds longest_lease{0};

    void add(const owner_id& owner, const terms& wanted);
};

/// Takes those who gave up out of one lock's queue, in the background: as many together as gather while the
/// ones before them are taken out.
class withdrawals : public std::enable_shared_from_this<withdrawals> {
   public:
    withdrawals(asio::any_io_executor executor, grants scripts)
        : executor_(std::move(executor)), scripts_(std::move(scripts)) {}

    void add(const owner_id& owner, const terms& wanted);
    /// Where requests were lost that named waiters of this queue.
    lost_connections& lost() { return lost_; }

   private:
    leavers next();
    static task<void> go(std::shared_ptr<withdrawals> all);

    asio::any_io_executor executor_;
    grants scripts_;
    leavers gathered_;
    lost_connections lost_;
    bool under_way_ = false;
};

}  // namespace dibs::locks
