#pragma once

#include "measure/crowd.hpp"
#include "sandbox/supervisor.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Users of a lock in processes of their own. Such a process is told what to do by one word of JSON, does it
/// and prints what it saw as a line of JSON.
namespace dibs::measure {

struct user_orders {
    enum class role {
        crowd,             ///< fights over the lock: crowd_report
        ping_pong,         ///< the floor of a hand-off: one PUBLISH and one command each
        script_ping_pong,  ///< the same with the lock's scripts
        stand              ///< waits with more and more waiters for a lock that is held: memory_report
    };
    role as = role::crowd;
    std::string redis_url;
    crowd_orders crowd;
    std::size_t number = 0;  ///< of this process among those who do the same, from 0
    bool on_one_core = false;
};

std::string to_json(const user_orders& orders);
/// Throws std::runtime_error.
user_orders user_orders_from(std::string_view json);

/// What the process does. `users_on` makes its users, on the io_context it runs.
using users_on_redis = std::function<user_maker(asio::io_context&, const std::string& redis_url)>;
std::string run_user(const user_orders& orders, const users_on_redis& users_on);

/// Users as the library serves them.
user_maker library_users(asio::io_context& io, const std::string& redis_url);

/// Starts and ends such processes.
class user_processes {
   public:
    /// `command`: the program and its first words; the orders come behind them.
    user_processes(sandbox::supervisor& box, std::vector<std::string> command)
        : box_(box), command_(std::move(command)) {}

    /// Runs as many at once, each told to begin at the same time, and again with more time to start when one
    /// came late; blocks. Throws std::runtime_error with what a process said that failed.
    std::vector<std::string> run(const user_orders& orders, std::size_t processes) const;

   private:
    std::vector<std::string> run_once(user_orders orders, std::size_t processes, deadline begin) const;

    sandbox::supervisor& box_;
    std::vector<std::string> command_;
};

}  // namespace dibs::measure
