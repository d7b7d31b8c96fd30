#pragma once

#include "client/client_core.hpp"
#include "client/loss_signal.hpp"

#include <dibs/lease.hpp>

#include <memory>
#include <optional>
#include <stop_token>

namespace dibs::detail {

struct lease_parts {
    lease_parts(std::shared_ptr<client_core> of, locks::lease granted, const lock_request& wanted);
    void tell(hold_end::how ended) const;

    std::shared_ptr<client_core> core;
    locks::lease held;
    algorithm kind;
    int tries;
    deadline granted_at;  // where somebody is told
    std::shared_ptr<loss_signal> loss;
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

/// The same; a stop ends it as a cancellation does.
task<std::unique_ptr<lease_parts>> acquire_parts(std::shared_ptr<client_core> core, lock_request request,
                                                 std::stop_token stop);

/// Ends a lease that was destroyed unreleased; on the core's executor, which the core outlives.
task<void> let_go(std::unique_ptr<lease_parts> parts);

}  // namespace dibs::detail
