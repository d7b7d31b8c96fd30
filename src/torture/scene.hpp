#pragma once

#include "fault/proxy_thread.hpp"
#include "fault/wall_clock.hpp"
#include "sandbox/servers.hpp"
#include "torture/trouble.hpp"

#include <dibs/client.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace dibs::torture {

/// The servers of one round. PostgreSQL is the sandbox's; Redis and redlock's masters are new for each round.
class scene {
   public:
    static constexpr std::size_t masters = 5;

    /// Starts what the trouble needs. Throws std::runtime_error.
    scene(sandbox::servers& box, trouble what, std::uint64_t seed);
    scene(const scene&) = delete;
    scene& operator=(const scene&) = delete;

    /// As workers reach them.
    config addresses() const;
    /// Every Redis server that runs, past the proxies.
    std::vector<std::string> redis_urls() const;

    sandbox::postgres_cluster& postgres() { return box_.postgres(); }
    sandbox::redis_server& redis() { return *redis_.server; }
    /// Between the workers and Redis.
    faults::proxy_thread& front() { return *redis_.front; }
    faults::wall_clock& clock() { return *redis_.clock; }
    sandbox::redis_server& master(std::size_t number) { return *masters_.at(number).server; }
    faults::proxy_thread& front_of_master(std::size_t number) { return *masters_.at(number).front; }
    faults::wall_clock& clock_of_master(std::size_t number) { return *masters_.at(number).clock; }

    /// A replica of Redis that was in sync and then cut off: it lacks what is written from now on.
    void cut_off_replica();
    /// It takes the place of Redis, which is killed.
    void promote_replica();

   private:
    /// A server, and what some troubles need: a clock that can be set, a proxy before it.
    struct station {
        std::unique_ptr<faults::wall_clock> clock;
        std::unique_ptr<sandbox::redis_server> server;
        std::unique_ptr<faults::proxy_thread> front;

        std::string url() const;
    };
    enum class clock_is { right, to_be_set };
    enum class reached { directly, through_proxy };
    struct manner {
        clock_is clock = clock_is::right;
        reached by = reached::directly;
    };
    station make_station(const std::string& name, manner how) const;

    sandbox::servers& box_;
    std::string round_;
    std::uint64_t seed_;
    std::size_t replicas_ = 0;
    station redis_;
    std::array<station, masters> masters_;
    station replica_;
    std::unique_ptr<faults::proxy_thread> behind_;  // between Redis and its replica
};

}  // namespace dibs::torture
