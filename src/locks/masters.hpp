#pragma once

#include "core/asio.hpp"
#include "locks/ballot.hpp"
#include "locks/servers.hpp"

#include <dibs/lock.hpp>

#include <exception>
#include <memory>

/// One request to every server of a redlock, side by side.
namespace dibs::locks {

struct vote {
    ballot::verdict verdict;
    std::exception_ptr failure;  ///< of one of the servers, if any failed
};

/// One owner before all the servers. Each question returns when a majority has answered it; the slow ones are
/// not waited for, and one that has not answered by `answer_by` has failed. After give_back() nothing more is
/// sent for this owner, whatever a slow server answers then: a key that was made later would stay for its
/// lease.
class candidate {
   public:
    candidate(asio::any_io_executor executor, redis_masters masters, const lock_name& name, owner_id owner);

    const owner_id& owner() const;

    /// Asks for the key.
    task<vote> take(std::chrono::milliseconds lease, deadline answer_by) const;
    /// Extends the key where it still is this owner's, and makes it again where it is gone; only the former
    /// count. Refused only by so many that no majority is left; failed where it hangs on servers that failed.
    task<vote> extend(std::chrono::milliseconds lease, deadline answer_by) const;
    /// Gives the key back: granted means that a majority released, refused that it had ended there. The
    /// others are told as well, whoever waits.
    task<vote> give_back(deadline answer_by) const;

    /// give_back() in the background.
    void leave() const;

   private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace dibs::locks
