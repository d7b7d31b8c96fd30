#pragma once

#include "core/asio.hpp"
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
/// unavailable, or refusal where the server refuses user, password or database. A host name's resolution
/// cannot be interrupted: it may outlast the deadline.
task<link> establish(const endpoint& target, deadline until);

}  // namespace dibs::redis
