#pragma once

#include "core/asio.hpp"
#include "locks/ballot.hpp"
#include "locks/servers.hpp"

#include <dibs/lock.hpp>

#include <exception>
#include <vector>

/// One request to every server of a redlock, side by side.
namespace dibs::locks {

struct vote {
    ballot::verdict verdict;
    std::exception_ptr failure;  ///< of one of the servers, if any failed
};

/// Asks all for the key and returns when a majority has decided; the slow ones are not waited for. A server
/// that has not answered by `answer_by` has failed.
task<vote> take_majority(asio::any_io_executor executor, redis_masters masters, lock_request request,
                         owner_id owner, deadline answer_by);

/// Extends the key where it still is this owner's, and makes it again where it is gone; only the former
/// count.
task<vote> extend_majority(asio::any_io_executor executor, redis_masters masters, lock_request request,
                           owner_id owner, deadline answer_by);

/// Gives the key back at every server and returns when a majority has answered: granted means that a majority
/// released, refused that it had ended there. The others are told as well, whoever waits.
task<vote> release_majority(asio::any_io_executor executor, redis_masters masters, lock_name name,
                            owner_id owner, deadline answer_by);

}  // namespace dibs::locks
