#pragma once

#include "locks/grants.hpp"
#include "locks/lease.hpp"

#include <optional>

/// What spinlock and pubsub share: one try for the key of a lock, without queueing.
namespace dibs::locks {

struct single_try {
    std::optional<lease> granted;
    /// Until the present holder's lease ends; empty where that is unknown.
    std::optional<std::chrono::milliseconds> remaining;
};

/// A try whose answer is lost is withdrawn in the background.
task<single_try> try_once(asio::any_io_executor executor, grants scripts, lock_request request,
                          owner_id owner, deadline answer_by);

}  // namespace dibs::locks
