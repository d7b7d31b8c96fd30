#pragma once

#include "sandbox/address.hpp"
#include "sandbox/process.hpp"
#include "sandbox/supervisor.hpp"

#include <string>
#include <utility>
#include <vector>

namespace dibs::sandbox {

struct redis_options {
    /// Of its folder in the sandbox's; each server of a sandbox needs another one.
    std::string name = "redis";
    address at = address::unix_socket;
    /// Further arguments, as {"--appendonly", "yes"}. Without any, nothing is persisted.
    std::vector<std::string> arguments = {};
    /// At a port; empty: one of its own.
    std::string password = {};
    std::vector<std::pair<std::string, std::string>> environment = {};  ///< as program's
};

/// A redis-server of our own.
class redis_server {
   public:
    /// Chooses the address and starts nothing. `box` must outlive this.
    /// Throws std::runtime_error when redis-server is not installed or the socket's path would be too long.
    explicit redis_server(supervisor& box, redis_options options = {});

    /// Starts it, always at the same address, and returns when it answers.
    /// Throws std::runtime_error with the end of its log when it does not.
    void start();
    /// The two halves of start(), to start several at once.
    void launch();
    void await_ready();

    /// Ends it as an operator would (SIGTERM: what is configured to persist is saved).
    void stop();
    /// SIGKILL.
    void kill();
    /// SIGSTOP and SIGCONT, for example.
    void signal(int number) { process_.signal(number); }
    bool running() { return process_.running(); }
    /// Empty while it runs.
    std::optional<exit_status> ended() { return process_.wait(clock::now()); }
    /// Readable when it has ended.
    int ended_descriptor() const { return process_.ended_descriptor(); }
    pid_t pid() const { return process_.pid(); }

    /// redis+unix:///path or redis://:password@127.0.0.1:port
    std::string url() const;
    /// The same server behind a relay at this port of 127.0.0.1.
    std::string url_at(std::uint16_t relay_port) const;
    const std::filesystem::path& socket() const { return socket_; }  ///< empty at a loopback port
    std::uint16_t port() const { return port_; }                     ///< 0 on a Unix socket
    const std::string& password() const { return password_; }        ///< empty on a Unix socket
    const std::string& name() const { return options_.name; }
    std::filesystem::path log() const { return folder_ / "log"; }

   private:
    bool answers() const;

    supervisor& box_;
    redis_options options_;
    std::filesystem::path executable_;
    std::filesystem::path folder_;
    std::filesystem::path socket_;
    std::uint16_t port_ = 0;
    std::string password_;
    process process_;
};

}  // namespace dibs::sandbox
