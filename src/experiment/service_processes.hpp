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

/// One process of `dibs serve`.
struct service_command {
    std::filesystem::path executable;                               ///< of dibs
    std::filesystem::path log;                                      ///< its stderr, appended
    std::string token_key;                                          ///< one for all who serve a port
    std::uint16_t port = 0;                                         ///< 0: any
    std::vector<std::string> further = {};                          ///< words of the command line
    enum class figures { not_told, told } own = figures::not_told;  ///< told: on a port of its own
};
struct running_service {
    sandbox::process process;
    std::uint16_t port = 0;
    std::uint16_t figures_port = 0;
};
/// Blocks until it answers; throws std::runtime_error with what it said when it ended instead.
running_service launch_service(sandbox::supervisor& box, const server_urls& servers,
                               const service_command& how);

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
    /// Where each tells its /metrics and /lock-times.
    const std::vector<std::uint16_t>& figures_ports() const { return figures_ports_; }
    std::vector<pid_t> pids() const;
    /// Throws std::runtime_error when a process has ended meanwhile: what was measured then means nothing.
    void check_running();

   private:
    options options_;
    std::uint16_t port_ = 0;
    std::vector<std::uint16_t> figures_ports_;
    std::vector<sandbox::process> processes_;
};

}  // namespace dibs::experiment
