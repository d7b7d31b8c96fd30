#pragma once

#include "core/asio.hpp"
#include "http/router.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace dibs::http {

struct server_limits {
    std::size_t header_bytes = 16UL * 1024;
    std::size_t body_bytes = 64UL * 1024;
    /// Those beyond it are answered 503 and closed.
    std::size_t connections = 10'000;
};

/// How long a client may take. Looked after in steps of a quarter of the shortest, at most a second.
struct server_patience {
    std::chrono::milliseconds header = std::chrono::seconds(10);  ///< from the first byte to the last
    std::chrono::milliseconds body = std::chrono::seconds(30);
    std::chrono::milliseconds idle = std::chrono::seconds(75);  ///< between requests
    std::chrono::milliseconds write = std::chrono::seconds(30);
    std::chrono::milliseconds linger = std::chrono::seconds(2);  ///< to read the answer before a close
};

struct server_options {
    /// An IPv4 or IPv6 address, `localhost` for both loopbacks, empty for every address of both kinds.
    std::string address;
    std::uint16_t port = 3000;  ///< 0: any that is free
    int backlog = 4096;
    server_limits limits;
    server_patience patience;
};

/// An HTTP/1.1 server on one executor of one thread. Several processes of one user may serve one port.
/// Keep-alive and pipelining; requests of one connection are answered one after the other. What is malformed
/// or could be read in two ways is answered 400 and the connection closed.
class server {
   public:
    server(asio::any_io_executor executor, server_options options, router routes);
    server(const server&) = delete;
    server& operator=(const server&) = delete;
    ~server();

    /// Throws dibs::error that names the port and what to do when another program has it.
    void listen();
    /// Valid after listen(); the same for IPv4 and IPv6.
    std::uint16_t port() const;

    /// Serves until stop(). Cancelling it closes the ports; requests under way go on.
    task<void> run();

    /// Closes the ports and idle connections, and waits until the requests under way are answered. When the
    /// deadline comes, the rest is cut: connections closed, handlers cancelled and given a second to end.
    task<void> stop(deadline until);

    struct counters {
        std::size_t connections = 0;    ///< open now
        std::uint64_t requests = 0;     ///< handled, since the start
        std::uint64_t refused = 0;      ///< malformed, too large or too slow
        std::uint64_t turned_away = 0;  ///< connections beyond the limit
    };
    counters count() const;

   private:
    struct state;  // shared with the connections
    std::shared_ptr<state> state_;
};

}  // namespace dibs::http
