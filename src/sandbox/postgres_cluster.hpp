#pragma once

#include "sandbox/address.hpp"
#include "sandbox/orphans.hpp"
#include "sandbox/process.hpp"
#include "sandbox/supervisor.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dibs::sandbox {

struct postgres_options {
    address at = address::unix_socket;
    int connections = 200;  ///< at most
    /// Further settings, as {"fsync=off"}; they win over ours.
    std::vector<std::string> settings = {};
};

/// A PostgreSQL cluster of our own with one database, `dibs`. Its settings are durable: what it has committed
/// survives a power failure. Run by root it runs as the user postgres, else as oneself.
class postgres_cluster {
   public:
    /// Finds the binaries and chooses the address; starts nothing. `box` must outlive this.
    /// Throws std::runtime_error when PostgreSQL is not installed or cannot work in the sandbox's folder.
    explicit postgres_cluster(supervisor& box, postgres_options options = {});

    /// Makes the cluster at the first call, starts it, always at the same address, and returns when it
    /// accepts connections. Throws std::runtime_error with the end of its log when it does not.
    void start();
    /// The parts of start(), to make and start it beside other servers.
    void launch_initdb();
    void await_initdb();
    void launch();
    void await_ready();

    /// Ends it as an operator would (a fast shutdown, with a checkpoint).
    void stop();
    /// SIGKILL to all its processes at once: sessions that lost only their postmaster would finish what they
    /// are at. Returns when they have gone.
    void kill();
    /// Stops the postmaster and all its processes where they are, until resume(). To be resumed before
    /// anything else is asked of this object.
    void pause();
    void resume();
    bool running() { return process_.running(); }
    /// Empty while it runs.
    std::optional<exit_status> ended() { return process_.wait(clock::now()); }
    /// Readable when it has ended.
    int ended_descriptor() const { return process_.ended_descriptor(); }
    /// Of the postmaster.
    pid_t pid() const { return process_.pid(); }

    /// A URI for libpq: the superuser in the database `dibs`.
    std::string url() const { return url_of("dibs"); }
    std::string url_of(std::string_view database) const;
    /// Of the database `dibs`, behind a relay at this port of 127.0.0.1.
    std::string url_at(std::uint16_t relay_port) const;
    std::filesystem::path socket() const;  ///< empty at a loopback port
    /// 0 on a Unix socket.
    std::uint16_t port() const { return options_.at == address::loopback ? port_ : std::uint16_t{0}; }
    std::filesystem::path log() const { return folder_ / "log"; }

   private:
    program made_of(std::string_view binary) const;
    void enter_folder() const;
    void make_database() const;

    supervisor& box_;
    postgres_options options_;
    std::filesystem::path binaries_;
    std::filesystem::path folder_;
    std::uint16_t port_ = 5432;  // on a Unix socket a part of its name
    std::string password_;
    std::optional<user> run_as_;
    process initdb_;
    process process_;
    std::optional<orphans> paused_;
    enum class stage { nothing, cluster, database } made_ = stage::nothing;
};

}  // namespace dibs::sandbox
