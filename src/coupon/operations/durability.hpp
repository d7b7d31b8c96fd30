#pragma once

#include "core/asio.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::postgres {
class pool;
}
namespace dibs::redis {
class connection;
}

/// Whether the backends keep what they say they have kept: settings under which an acknowledged claim can be
/// lost, or a lock can vanish while it is held.
namespace dibs::coupon {

struct postgres_settings {
    std::string fsync = "on";
    std::string full_page_writes = "on";
    std::string commit_by_default = "on";  ///< synchronous_commit, of a session that asks for nothing
    std::string commit_of_ours = "on";     ///< synchronous_commit, of the service's own sessions
    bool in_recovery = false;
};

struct redis_settings {
    std::int64_t maxmemory = 0;  ///< bytes; 0: no limit
    std::string policy = "noeviction";
    bool replica = false;
};

/// What is dangerous about them, a sentence each that says what to change. Pure.
std::vector<std::string> dangers_of(const postgres_settings& found);
std::vector<std::string> dangers_of(const redis_settings& found, std::string_view server);

/// Reads the answer to INFO. Pure.
redis_settings redis_settings_in(std::string_view info);

/// Throws dibs::error when the database does not answer. `plain`: sessions without settings of ours.
task<postgres_settings> read_settings(postgres::pool& ours, postgres::pool& plain, deadline until);
/// The dangers of a server that is there; none of one that is away. A server that forbids INFO is said to.
task<std::vector<std::string>> find_dangers(redis::connection& server, deadline until);

}  // namespace dibs::coupon
