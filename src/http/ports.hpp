#pragma once

#include "core/asio.hpp"
#include "http/server.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <vector>

namespace dibs::http {

/// Where the options say; loopback and "any" are addresses of both families. Throws dibs::error (bad_input)
/// for a name.
std::vector<asio::ip::address> addresses_of(const server_options& options);

/// Listens where the options say, on one port for IPv4 and IPv6; an address family that this host does not
/// have is left out. Throws dibs::error that says what to do.
std::vector<asio::ip::tcp::acceptor> open_ports(const asio::any_io_executor& executor,
                                                const server_options& options);

}  // namespace dibs::http
