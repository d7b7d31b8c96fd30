#pragma once

#include "core/asio.hpp"
#include "locks/servers.hpp"

#include <dibs/lock.hpp>

#include <chrono>
#include <cstdint>
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

/// A script's answer to one who wants the lock.
struct attempt {
    bool granted = false;
    fencing_token token{0};  ///< of the grant; 0 for a lock without tokens
    /// Until the present lease ends; empty when the server could not tell.
    std::optional<std::chrono::milliseconds> remaining;
    std::int64_t server_us = 0;  ///< the server's clock while it answered
};

/// A lost or late answer throws dibs::error: in doubt, the caller withdraws with cancel().
class grants {
   public:
    grants(redis_server server, lock_keys keys);
    const lock_keys& keys() const { return keys_; }

    task<attempt> acquire(owner_id owner, std::chrono::milliseconds lease, deadline until);

    enum class when_busy { stand_in_queue, give_up };
    task<attempt> enqueue(owner_id owner, std::chrono::milliseconds lease, when_busy busy, deadline until);

    task<attempt> renew(owner_id owner, std::chrono::milliseconds lease, deadline until);
    task<release_outcome> release(owner_id owner, deadline until);
    /// Leaves the queue, or releases what was granted meanwhile.
    task<void> cancel(owner_id owner, std::chrono::milliseconds lease, deadline until);
    /// Ends a connection of ours by Redis's CLIENT ID; a server that refuses is not asked again.
    task<void> kill_client(std::int64_t id, deadline until);

    struct pulse {
        std::optional<owner_id> holder;  ///< if it is one of the entries
        attempt state;
    };
    task<pulse> heartbeat(std::vector<std::string> entries, deadline until);
    static std::string entry(const owner_id& owner, std::chrono::milliseconds lease);

   private:
    redis::script_call call(const redis::script& what) const;

    redis_server server_;
    lock_keys keys_;
};

}  // namespace dibs::locks
