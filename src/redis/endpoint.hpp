#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dibs::redis {

/// Where a Redis server listens and who we are there.
struct endpoint {
    std::string host = "127.0.0.1";
    std::uint16_t port = 6379;
    std::string unix_path;  ///< a unix socket; where it is set, host and port do not count
    std::string user;       ///< empty: Redis's default user
    std::string password;   ///< empty: no AUTH is sent
    int database = 0;

    /// For error messages: "redis 127.0.0.1:6379", "redis unix:/run/redis.sock". Never shows user or
    /// password.
    std::string describe() const;
};

/// Reads `redis://[[user]:password@]host[:port][/database]` and
/// `redis+unix://[[user]:password@]/path/to.sock[?db=number]` (also `unix://`); parts may be percent-encoded.
/// Throws dibs::error (bad_input) that says which forms are accepted and does not repeat the URL's password.
endpoint endpoint_from_url(std::string_view url);

}  // namespace dibs::redis
