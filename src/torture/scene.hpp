#pragma once

#include "fault/proxy.hpp"
#include "sandbox/servers.hpp"
#include "torture/proxy_thread.hpp"
#include "torture/trouble.hpp"

#include <dibs/client.hpp>

#include <memory>
#include <string>

namespace dibs::torture {

/// The servers of one round. Redlock's masters and PostgreSQL are the sandbox's; the main Redis is new for
/// each round, and its clients may reach it through a proxy.
class scene {
   public:
    /// Starts what the trouble needs. Throws std::runtime_error.
    scene(sandbox::servers& box, trouble what, std::size_t round);
    scene(const scene&) = delete;
    scene& operator=(const scene&) = delete;
    /// The masters forget what they held.
    ~scene();

    /// As workers reach them.
    config addresses() const;

    sandbox::servers& box() { return box_; }
    sandbox::redis_server& redis() { return *redis_; }
    /// Between the workers and Redis.
    proxy_thread& front() { return *front_; }

    /// A replica of Redis that was in sync and then cut off: it lacks what is written from now on.
    void cut_off_replica();
    /// It takes the place of Redis, which is killed.
    void promote_replica();

   private:
    std::unique_ptr<sandbox::redis_server> another_redis();

    sandbox::servers& box_;
    trouble what_;
    std::string round_;
    std::size_t started_ = 0;
    std::unique_ptr<sandbox::redis_server> redis_;
    std::unique_ptr<proxy_thread> front_;
    std::unique_ptr<sandbox::redis_server> replica_;
    std::unique_ptr<proxy_thread> behind_;  // between Redis and its replica
};

}  // namespace dibs::torture
