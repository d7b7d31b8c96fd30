#pragma once

#include "core/asio.hpp"
#include "http/server.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <vector>

namespace dibs::http {

/// Listens where the options say, on one port for IPv4 and IPv6; an address family that this host does not
/// have is left out. Throws dibs::error that says what to do.
std::vector<asio::ip::tcp::acceptor> open_ports(const asio::any_io_executor& executor,
                                                const server_options& options);

}  // namespace dibs::http
