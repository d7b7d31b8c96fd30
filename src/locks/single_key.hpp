#pragma once

#include "core/gate.hpp"
#include "locks/backoff.hpp"
#include "locks/grants.hpp"
#include "locks/kept.hpp"
#include "locks/lease.hpp"

#include <optional>

/// What spinlock and pubsub share: one waiter of the process at a time tries for the key of a lock, without
/// queueing at the server.
namespace dibs::locks {

/// What is kept of a name.
struct single_key {
    single_key(const asio::any_io_executor& executor, redis_server server, const lock_name& name)
        : door(executor, name.text(), {.inside = 1}),
          scripts(std::move(server), lock_keys::with_queue(name)) {}
    gate door;
    grants scripts;
    hold_estimate holds;  // of those who poll
};

struct single_try {
    std::optional<lease> granted;
    /// Until the present holder's lease ends; empty where that is unknown.
    std::optional<std::chrono::milliseconds> remaining;
};

/// A try whose answer is lost, or comes when its lease is over, is withdrawn in the background; the latter
/// counts as one that found the lock held. `owner`: one for each try, for a withdrawal may come late.
/// `number`: of this try, from 1.
task<single_try> try_once(asio::any_io_executor executor, const grants& scripts, const lock_request& request,
                          const owner_id& owner, deadline answer_by, int number);

}  // namespace dibs::locks
