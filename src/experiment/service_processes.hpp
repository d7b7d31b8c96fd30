#pragma once

#include "sandbox/supervisor.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dibs::experiment {

/// Where the servers of an experiment are.
struct server_urls {
    std::string redis;
    std::vector<std::string> masters;
    std::string postgres;
};

/// `dibs serve` in several processes on one port. They end with this object, and with its process.
class service_processes {
   public:
    struct options {
        std::filesystem::path executable;  ///< of dibs
        std::filesystem::path log;         ///< the processes' stderr, appended
        int processes = 2;
    };

    /// Blocks until each of them answers; throws std::runtime_error with what a process said that ended
    /// instead.
    service_processes(sandbox::supervisor& box, const server_urls& servers, options how);

    std::uint16_t port() const { return port_; }
    /// Throws std::runtime_error when a process has ended meanwhile: what was measured then means nothing.
    void check_running();

   private:
    void start_one(sandbox::supervisor& box, const server_urls& servers, const std::string& token_key);

    options options_;
    std::uint16_t port_ = 0;
    std::vector<sandbox::process> processes_;
};

}  // namespace dibs::experiment
