#pragma once

#include "locks/grants.hpp"
#include "locks/owner_source.hpp"
#include "measure/plain_redis.hpp"
#include "redis/script.hpp"

#include <string>
#include <vector>

namespace dibs::measure {

/// The commands of one lock and unlock, as the algorithms send them.
class lock_commands {
   public:
    enum class kind { single_key, queue, redlock };

    lock_commands(kind of, const lock_name& name);

    /// For an owner of its own.
    redis::script_call acquire();
    /// By the owner of the last acquire().
    redis::script_call release() const;
    /// Where a queue tells that the lock is the next waiter's.
    std::string channel() const { return keys_.process_channel(owners_.process()); }

   private:
    redis::script_call with_keys(const redis::script& what) const;

    kind kind_;
    locks::lock_keys keys_;
    locks::owner_source owners_;
    owner_id owner_;
};

/// The floor of a cycle: two blocking round trips; on several servers all are asked before the first is
/// heard.
class plain_lock {
   public:
    /// Takes and gives back the lock once, so that every server knows the scripts.
    plain_lock(lock_commands commands, const std::vector<std::string>& redis_urls);
    void cycle();

   private:
    void ask_all(const redis::command& what);

    lock_commands commands_;
    std::vector<plain_redis> servers_;
};

}  // namespace dibs::measure
