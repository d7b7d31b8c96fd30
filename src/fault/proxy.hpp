#pragma once

#include "fault/conditions.hpp"
#include "fault/endpoint.hpp"
#include "fault/link.hpp"

#include <memory>
#include <optional>

namespace dibs::faults {

struct proxy_options {
    /// Where it listens; empty: a free TCP port of 127.0.0.1.
    std::optional<endpoint> listen = {};
    std::uint64_t seed = 0;  ///< of the jitter
};

/// Stands between clients and one server on this host and passes what they say, any number of connections,
/// under conditions that may change at any time. The order of bytes is always kept. Of each connection it
/// holds at most 64 KiB each way, besides what the kernel buffers. It connects to the server when a client
/// connects; where that fails the client is reset. Not thread-safe; runs on its executor.
class proxy {
   public:
    /// Listens and serves from now on. Throws boost::system::system_error when it cannot listen.
    proxy(const asio::any_io_executor& executor, endpoint server, const proxy_options& options = {});
    proxy(proxy&&) noexcept = default;
    proxy& operator=(proxy&&) = delete;
    /// Cuts all connections; what still runs ends by itself on the executor. See stop().
    ~proxy();

    /// Where it listens.
    const endpoint& address() const;
    /// 0 on a Unix socket.
    std::uint16_t port() const;

    /// For connections that are and that come, until the next call or heal().
    void set(const link_conditions& both);
    void set(direction which, const link_conditions& conditions);
    void admit(admission what);

    /// All present connections get an RST at both ends (on Unix sockets: an end of stream).
    void reset_all();
    /// All present connections end for `gone` only. The other side is not told: what it sends is lost, and
    /// nothing comes.
    void half_open(side gone);
    /// All present connections end for `gone` only: what it had sent goes on its way, and then its end.
    void hang_up(side gone);

    /// A perfect link again, open to all. What was held is delivered at once; connections that have lost
    /// bytes, or one of their sides, are reset.
    void heal();

    link_statistics statistics() const;

    /// Cuts all connections and returns when no task is left. It serves no more.
    task<void> stop();

   private:
    struct state;
    std::shared_ptr<state> state_;
};

/// The URL of a server as its clients reach it through a proxy at a TCP port.
std::string url_through(const proxy& through, const sandbox::redis_server& server);
std::string url_through(const proxy& through, const sandbox::postgres_cluster& server);

}  // namespace dibs::faults
