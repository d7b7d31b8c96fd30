#pragma once

#include "sandbox/servers.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dibs::soak {

/// `dibs serve` in several processes on one port, each of which may be killed. They end with this object, and
/// with its process.
class services {
   public:
    struct options {
        std::filesystem::path executable;  ///< of dibs
        std::filesystem::path log;         ///< the processes' stderr, appended
        std::size_t processes = 2;
        std::chrono::milliseconds lease{2000};
        std::chrono::milliseconds wait{4000};
    };

    /// Blocks until each of them answers. Throws std::runtime_error with what a process said that ended
    /// instead.
    services(sandbox::servers& box, options how);

    std::uint16_t port() const { return port_; }

    void pause(std::size_t which) { all_.at(which).running.signal(SIGSTOP); }
    void resume(std::size_t which) { all_.at(which).running.signal(SIGCONT); }
    void kill(std::size_t which);
    /// Another in the place of one that was killed; errors as the constructor.
    void replace(std::size_t which) { all_.at(which) = {launch()}; }

    /// How many have ended of their own accord: none may.
    std::size_t ended();

   private:
    struct one_service {
        sandbox::process running;
        bool killed = false;
    };

    sandbox::process launch();

    sandbox::servers& box_;
    options options_;
    std::string token_key_;
    std::uint16_t port_ = 0;
    std::vector<one_service> all_;
};

}  // namespace dibs::soak
