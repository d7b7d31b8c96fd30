#pragma once

#include "client/client_core.hpp"

#include <dibs/lease.hpp>

#include <memory>
#include <stop_token>
#include <string>

namespace dibs::detail {

/// How a holder learns of a loss; outlives the lease where somebody keeps its token.
struct loss_signal {
    std::stop_source source;
    std::string why;  // written before the stop is requested
};

struct lease_parts {
    lease_parts(std::shared_ptr<client_core> of, locks::lease granted, renewal how);

    std::shared_ptr<client_core> core;
    locks::lease held;
    std::shared_ptr<locks::hold> hold;  // answers after the release as well
    std::shared_ptr<loss_signal> loss = std::make_shared<loss_signal>();
    locks::keeper::care care;
    bool released = false;
};

/// Null: others held the lock. On the core's executor.
task<std::unique_ptr<lease_parts>> acquire_parts(std::shared_ptr<client_core> core, lock_request request);

/// Ends a lease that was destroyed unreleased; on the core's executor, which the core outlives.
task<void> let_go(std::unique_ptr<lease_parts> parts);

}  // namespace dibs::detail
