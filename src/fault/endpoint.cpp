#include "fault/endpoint.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace dibs::faults {

endpoint loopback(std::uint16_t port) {
    return asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port);
}

endpoint unix_socket(const std::filesystem::path& path) {
    return asio::local::stream_protocol::endpoint(path.native());
}

endpoint endpoint_of(const sandbox::redis_server& server) {
    return server.port() == 0 ? unix_socket(server.socket()) : loopback(server.port());
}

endpoint endpoint_of(const sandbox::postgres_cluster& server) {
    return server.socket().empty() ? loopback(server.port()) : unix_socket(server.socket());
}

}  // namespace dibs::faults
