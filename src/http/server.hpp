#pragma once

#include "core/asio.hpp"
#include "http/client_address.hpp"
#include "http/rate_limit.hpp"
#include "http/router.hpp"
#include "http/tls.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::http {

struct server_limits {
    std::size_t header_bytes = 16UL * 1024;
    std::size_t body_bytes = 64UL * 1024;
    /// Those beyond it are answered 503 and closed.
    std::size_t connections = 10'000;
};

/// How long a client may take. Looked after in steps of a quarter of the shortest, at most a second.
struct server_patience {
    std::chrono::milliseconds handshake = std::chrono::seconds(10);  ///< of TLS
    std::chrono::milliseconds header = std::chrono::seconds(10);     ///< from the first byte to the last
    std::chrono::milliseconds body = std::chrono::seconds(30);
    std::chrono::milliseconds idle = std::chrono::seconds(75);  ///< between requests
    std::chrono::milliseconds write = std::chrono::seconds(30);
    std::chrono::milliseconds linger = std::chrono::seconds(2);  ///< to read the answer before a close
};

/// A request that was answered, for a log: nothing in it holds a secret, a body or a control character. Its
/// views are good for the time of the call.
struct answered_request {
    method verb = method::other;
    std::string_view path;  ///< without its query; empty of a request that was refused unread
    int status = 0;
    std::chrono::nanoseconds took{0};  ///< from the request's last byte to the answer, or its stream's end
    std::uint64_t bytes = 0;           ///< of the answer, with its header
    std::string_view request_id;
    std::string_view trace_id;  ///< empty: the client sent no traceparent
    asio::ip::address client;
};

struct server_options {
    /// An IPv4 or IPv6 address, `localhost` for both loopbacks, empty for every address of both kinds.
    std::string address;
    std::uint16_t port = 3000;  ///< 0: any that is free
    bool shares_port = true;    ///< with other processes of this user, which serve it as well
    int backlog = 4096;
    server_limits limits;
    server_patience patience;
    std::optional<tls_files> tls;                ///< empty: HTTP without TLS
    std::vector<address_block> trusted_proxies;  ///< whose X-Forwarded-For is believed
    std::optional<rate> rate_by_address;         ///< one more is answered 429; empty: no limit
    /// Called for each answer when it is on its way. Must not throw. Empty: no time is taken.
    std::function<void(const answered_request&)> on_answered;
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

    /// Throws dibs::error that names the port and what to do when another program has it, or the file of TLS
    /// that cannot be used.
    void listen();
    /// Reads the files of TLS again, for the connections to come. Throws dibs::error, and goes on as it was,
    /// when they cannot be used. Without TLS it does nothing.
    void reload_tls();
    /// Valid after listen(); the same for IPv4 and IPv6.
    std::uint16_t port() const;

    /// Serves until stop(). Cancelling it closes the ports; requests under way go on.
    task<void> run();

    /// Closes the ports and idle connections, and waits until the requests under way are answered. When the
    /// deadline comes, the rest is cut: connections closed, handlers cancelled and given a second to end.
    /// Streams are ended at once.
    task<void> stop(deadline until);

    struct counters {
        std::size_t connections = 0;    ///< open now
        std::uint64_t requests = 0;     ///< handled, since the start
        std::uint64_t refused = 0;      ///< malformed, too large or too slow
        std::uint64_t turned_away = 0;  ///< connections beyond the limit
        std::uint64_t limited = 0;      ///< requests beyond the rate of their address
    };
    counters count() const;

   private:
    struct state;  // shared with the connections
    std::shared_ptr<state> state_;
};

}  // namespace dibs::http
