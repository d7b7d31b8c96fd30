#pragma once

#include "core/asio.hpp"
#include "locks/servers.hpp"
#include "redis/client_identity.hpp"

#include <dibs/lock.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dibs::redis {
class script;
class script_call;
}  // namespace dibs::redis

/// The grant protocol's scripts (src/redis/scripts) as functions.
namespace dibs::locks {

/// Where a lock lives on a Redis server; all of it in one cluster slot.
struct lock_keys {
    std::string prefix;
    /// As the scripts take them: lock, queue, alive, token; or the lock alone.
    std::vector<std::string> keys;

    static lock_keys with_queue(const lock_name& name);
    /// A lock of its own, without queue and tokens.
    static lock_keys of_redlock(const lock_name& name);

    std::string free_channel() const { return prefix + "free"; }
    std::string process_channel(const std::string& process) const { return prefix + process; }
};

/// What a grant is asked for.
struct terms {
    std::chrono::milliseconds lease;
    /// So many in a row, for a process that hands the lock on among its own.
    std::int64_t tokens = 1;
};

terms terms_of(const lock_request& request);

/// A script's answer to one who wants the lock.
struct attempt {
    bool granted = false;
    fencing_token token{0};   ///< the first of the grant; 0 for a lock without tokens
    std::int64_t tokens = 0;  ///< how many in a row it may give out
    /// Until the present lease ends; empty when the server could not tell.
    std::optional<std::chrono::milliseconds> remaining;
    std::int64_t server_us = 0;  ///< the server's clock while it answered
};

/// Requests are written down when they are made, and sent when they are awaited. A lost or late answer throws
/// dibs::error: in doubt, the caller withdraws with cancel().
class grants {
   public:
    grants(redis_server server, lock_keys keys);
    const lock_keys& keys() const;

    /// `still_wanted`: as redis::evaluate().
    task<attempt> acquire(const owner_id& owner, terms wanted, deadline until,
                          std::function<bool()> still_wanted = {}) const;

    enum class when_busy { stand_in_queue, give_up };
    task<attempt> enqueue(const owner_id& owner, terms wanted, when_busy busy, deadline until) const;

    task<attempt> renew(const owner_id& owner, std::chrono::milliseconds lease, deadline until) const;
    /// Goes on where its caller is cancelled.
    task<release_outcome> release(const owner_id& owner, deadline until) const;
    /// These leave the queue, or release what one of them was granted meanwhile; at most 5000.
    task<void> cancel(const std::vector<std::string>& entries, deadline until) const;
    /// Ends an earlier connection of ours, if it is there yet; a server that refuses is not asked again.
    task<void> kill_client(const redis::client_identity& which, deadline until) const;

    struct pulse {
        attempt state;                   ///< of one who was not granted the lock
        std::optional<owner_id> holder;  ///< if it is of this process
        fencing_token token{0};          ///< of that holder
        bool lost = false;               ///< the server had not known some of the entries, or the process
    };
    /// Keeps the waiters of `process` alive; `entries` are some of them in their order, looked for one by
    /// one. `anew`, if given, says which of them are there yet, where the server does not know the script and
    /// has to be asked again: one who left meanwhile must not be put back.
    task<pulse> heartbeat(const std::string& process, const std::vector<std::string>& entries, deadline until,
                          std::function<std::vector<std::string>()> anew = {}) const;
    /// Which connection to the server this is: 1, 2, ….
    std::uint64_t generation() const;
    static std::string entry(const owner_id& owner, const terms& wanted);

   private:
    struct place;  // shared by the copies
    redis::script_call call(const redis::script& what) const;
    redis::script_call heartbeat_of(const std::string& process,
                                    const std::vector<std::string>& entries) const;

    std::shared_ptr<const place> place_;
};

}  // namespace dibs::locks
