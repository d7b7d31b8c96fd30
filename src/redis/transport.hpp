#pragma once

#include "core/asio.hpp"
#include "core/name_lookup.hpp"
#include "redis/client_identity.hpp"
#include "redis/endpoint.hpp"

#include <boost/asio/generic/stream_protocol.hpp>

#include <optional>

namespace dibs::redis {

using stream_socket = asio::generic::stream_protocol::socket;

/// A connection that has been made: TCP or unix, non-blocking, logged in, with no reply outstanding.
struct link {
    explicit link(const asio::any_io_executor& executor) : socket(executor) {}

    stream_socket socket;
    std::optional<client_identity> client;  ///< empty where the user may not name it or ask for its id
};

/// Connects, and sends AUTH, SELECT, CLIENT SETNAME and CLIENT ID in one piece. Throws dibs::error:
/// unavailable, or refusal where the server refuses user, password or database. `names` finds the target's
/// host.
task<link> establish(const endpoint& target, name_lookup& names, deadline until);

/// What finds this host.
inline name_lookup names_of(const asio::any_io_executor& executor, const endpoint& target) {
    return {executor, target.host, target.port};
}

}  // namespace dibs::redis
