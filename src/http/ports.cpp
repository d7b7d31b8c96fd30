#include "http/ports.hpp"

#include <dibs/error.hpp>

#include <boost/asio/ip/v6_only.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

namespace dibs::http {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

error_code share_port(tcp::acceptor& port) {
    const int on = 1;
    if (::setsockopt(port.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) return {};
    return {errno, boost::system::system_category()};
}

error_code open(tcp::acceptor& port, const tcp::endpoint& at, const server_options& options) {
    error_code failed;
    port.open(at.protocol(), failed);
    if (!failed && at.address().is_v6()) port.set_option(asio::ip::v6_only(true), failed);
    if (!failed) port.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed && options.shares_port) failed = share_port(port);
    if (!failed) port.bind(at, failed);
    if (!failed) port.listen(options.backlog, failed);
    if (!failed) port.non_blocking(true, failed);
    return failed;
}

bool family_is_missing(const error_code& failed) {
    return failed == asio::error::address_family_not_supported ||
           failed == boost::system::errc::address_not_available;
}

error why_not(const tcp::endpoint& at, const error_code& failed) {
    std::string cause = failed.message();
    if (failed == asio::error::address_in_use)
        cause = "another program listens there: end it, or choose another port";
    if (failed == asio::error::access_denied)
        cause = "ports below 1024 need special rights: choose another port";
    if (failed == boost::system::errc::address_not_available) cause = "this host does not have that address";
    return {fault::unavailable, "http", fmt::format("port {} of {}", at.port(), at.address().to_string()),
            cause};
}

struct attempt {
    std::vector<tcp::acceptor> ports;
    error_code failed;
    tcp::endpoint at;
};

attempt try_to_open(const asio::any_io_executor& executor, const server_options& options) {
    attempt made;
    std::uint16_t port = options.port;
    for (const auto& address : addresses_of(options)) {
        tcp::acceptor next(executor);
        const tcp::endpoint at(address, port);
        const error_code failed = open(next, at, options);
        if (failed) {
            made.failed = failed;
            made.at = at;
            if (family_is_missing(failed)) continue;
            return made;
        }
        port = next.local_endpoint().port();
        made.ports.push_back(std::move(next));
    }
    if (!made.ports.empty()) made.failed.clear();
    return made;
}

}  // namespace

std::vector<asio::ip::address> addresses_of(const server_options& options) {
    using asio::ip::address_v4;
    using asio::ip::address_v6;
    if (options.address.empty()) return {address_v4::any(), address_v6::any()};
    if (options.address == "localhost") return {address_v4::loopback(), address_v6::loopback()};
    error_code failed;
    const auto address = asio::ip::make_address(options.address, failed);
    if (failed)
        throw error(fault::bad_input, "http", fmt::format("address '{}'", options.address),
                    "give an IPv4 or IPv6 address, or `localhost` for both loopbacks");
    return {address};
}

std::vector<tcp::acceptor> open_ports(const asio::any_io_executor& executor, const server_options& options) {
    attempt made = try_to_open(executor, options);
    // A port that is free for IPv4 may be taken for IPv6: another one will do where any does.
    for (int again = 0; again < 20 && options.port == 0 && made.failed == asio::error::address_in_use;
         ++again)
        made = try_to_open(executor, options);
    if (made.failed) throw why_not(made.at, made.failed);
    return std::move(made.ports);
}

}  // namespace dibs::http
