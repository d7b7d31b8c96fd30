#pragma once

#include "client/client_core.hpp"

#include <dibs/lease.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace dibs::detail {

/// How a holder learns of a loss; outlives the lease where somebody keeps its token. May be asked from any
/// thread.
class loss_signal {
   public:
    void give(std::string why);
    bool given() const { return given_; }
    std::string why() const;
    std::stop_token token();

   private:
    mutable std::mutex guard_;
    std::atomic<bool> given_ = false;
    std::string why_;
    std::stop_source source_{std::nostopstate};  // made for the first who asks: most leases are not watched
};

struct lease_parts {
    lease_parts(std::shared_ptr<client_core> of, locks::lease granted, renewal how);

    std::shared_ptr<client_core> core;
    locks::lease held;
    std::shared_ptr<loss_signal> loss = std::make_shared<loss_signal>();
    locks::keeper::care care;
    bool released = false;  // no more may be asked of it
    /// What a lease answers when its release is over, and nothing of it belongs to the executor any more.
    struct epitaph {
        lock_name name;
        owner_id owner;
        std::optional<fencing_token> token;
    };
    std::optional<epitaph> ended;
};

/// Null: others held the lock. On the core's executor.
task<std::unique_ptr<lease_parts>> acquire_parts(std::shared_ptr<client_core> core, lock_request request);

/// Ends a lease that was destroyed unreleased; on the core's executor, which the core outlives.
task<void> let_go(std::unique_ptr<lease_parts> parts);

}  // namespace dibs::detail
