#pragma once

#include "core/asio.hpp"
#include "locks/servers.hpp"

#include <dibs/lock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dibs::postgres {
class pool;
}

/// What operators see of locks, and do to them. All of it throws dibs::error where a server does not answer.
namespace dibs::locks {

/// A lock that is held or waited for.
struct seen_lock {
    std::string name;
    std::string backend;  ///< redis, redlock or database
    std::string holder;   ///< owner, of a database lock with "(session PID)"; empty: nobody
    std::optional<std::int64_t> token;
    std::optional<std::chrono::milliseconds> remaining;  ///< until its lease ends; empty: no end is known
    std::size_t waiters = 0;
    std::size_t dead_waiters = 0;  ///< still in the queue, and passed over when their turn comes
    std::string on = {};           ///< of a redlock lock: "3 of 5 masters"
};

task<std::vector<seen_lock>> locks_on_redis(redis_server server, deadline until);
/// Each owner that holds the key on any of the masters; those that do not answer are left out.
task<std::vector<seen_lock>> locks_on_masters(redis_masters masters, deadline until);
/// The same of these locks alone, without a walk over all keys of the servers.
task<std::vector<seen_lock>> locks_on_redis(redis_server server, std::vector<std::string> names,
                                            deadline until);
task<std::vector<seen_lock>> locks_on_masters(redis_masters masters, std::vector<std::string> names,
                                              deadline until);
task<std::vector<seen_lock>> locks_in_database(postgres::pool& pool, deadline until);

/// A lock that was taken from its holder, who may not know it yet and go on working: only a resource that
/// checks fencing tokens keeps that holder's writes out.
struct broken_lock {
    std::string holder;
    std::optional<std::int64_t> token;
    std::optional<std::chrono::milliseconds> remaining;
    std::string next;  ///< who holds it now; empty: nobody, as far as that is known
};

/// Empty: nobody held it.
task<std::optional<broken_lock>> break_on_redis(redis_server server, lock_name name, deadline until);
/// The same of a redlock lock. Throws dibs::error (unavailable) where no majority answers: it may have been
/// taken away on some of them.
task<std::optional<broken_lock>> break_on_masters(redis_masters masters, lock_name name, deadline until);
/// Ends the session whose transaction holds it.
task<std::optional<broken_lock>> break_in_database(postgres::pool& pool, lock_name name, deadline until);

}  // namespace dibs::locks
