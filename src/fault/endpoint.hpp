#pragma once

#include "core/asio.hpp"
#include "sandbox/postgres_cluster.hpp"
#include "sandbox/redis_server.hpp"

#include <boost/asio/generic/stream_protocol.hpp>

#include <cstdint>
#include <filesystem>

namespace dibs::faults {

/// A TCP port or a Unix socket.
using endpoint = asio::generic::stream_protocol::endpoint;

/// Of 127.0.0.1.
endpoint loopback(std::uint16_t port);
endpoint unix_socket(const std::filesystem::path& path);
/// Where a server of the sandbox listens.
endpoint endpoint_of(const sandbox::redis_server& server);
endpoint endpoint_of(const sandbox::postgres_cluster& server);

}  // namespace dibs::faults
