#pragma once

#include "client/client_core.hpp"
#include "client/loss_signal.hpp"

#include <dibs/lease.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>

namespace dibs::detail {

/// What of a request outlives its grant.
struct lease_terms {
    algorithm kind;
    renewal how;
};

struct lease_parts {
    lease_parts(std::shared_ptr<client_core> of, locks::lease granted, lease_terms wanted);
    void tell(hold_end::how ended) const;

    std::shared_ptr<client_core> core;
    locks::lease held;
    owner_id owner;  // which outlive what is held
    std::optional<fencing_token> token;
    algorithm kind;
    int tries;
    deadline granted_at;  // where somebody is told
    std::shared_ptr<loss_signal> loss;
    locks::keeper::care care;
    std::atomic<bool> released = false;  // no more may be asked of it
    bool ended = false;                  // and its release is over: nothing of it belongs to the executor
};

/// Empty: others held the lock. On the core's executor, whatever the caller's. Nothing there owns the
/// client's thread, which could not wait for its own end.
task<std::optional<lease>> acquire_lease(std::shared_ptr<client_core> core, lock_request request);

/// The same, to be awaited on the core's executor; a stop ends it as a cancellation does.
task<std::optional<lease>> acquire_lease(std::shared_ptr<client_core> core, lock_request request,
                                         std::stop_token stop);

/// Ends a lease that was destroyed unreleased; on the core's executor, which the core outlives.
task<void> let_go(std::unique_ptr<lease_parts> parts);

}  // namespace dibs::detail
