#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dibs::postgres {

/// One of the servers that a conninfo names, as libpq's parameters; empty: libpq's default.
struct host {
    std::string name;
    std::string address;
    std::string port;

    /// Whether its address must be asked of the system's resolver.
    bool is_name() const;
};

/// Where the database is (PostgreSQL 14 or later), and what each session of ours is set to.
struct target {
    /// A URI (postgresql://…) or key=value pairs, as libpq takes them. Host may be the folder of a Unix
    /// socket.
    std::string conninfo;
    /// Run-time settings of the session; what the conninfo's `options` says of the same ones wins.
    std::vector<std::pair<std::string, std::string>> settings = {{"synchronous_commit", "on"}};

    /// For error messages: "postgresql /run/postgresql 5432 dibs"; never shows a password.
    /// Throws dibs::error (bad_input) for a conninfo that cannot be read.
    std::string describe() const;

    /// The servers to try, in this order. None: libpq is to find them itself, as where a service names them.
    /// Throws as describe().
    std::vector<host> hosts() const;

    /// What the conninfo says, by libpq's keywords. Throws as describe().
    std::map<std::string, std::string> parameters() const;

    /// The settings as libpq's `options` takes them, the conninfo's own last. Among them is one of ours: the
    /// server looks once a second whether we are still there, or a statement of a session that we gave up
    /// would go on waiting for a row's lock, and have its effect when it gets it.
    /// Throws as describe().
    std::string session_options() const;
};

}  // namespace dibs::postgres
