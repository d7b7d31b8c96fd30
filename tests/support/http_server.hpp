#pragma once

#include "http/server.hpp"

#include <future>
#include <memory>
#include <string>

namespace dibs::tests {

/// A server on both loopbacks, any free port (unless told otherwise) and a thread of its own, with handlers
/// that tests can hold up.
///
///     GET /hello, /items/{name}     text
///     POST /echo                    the body as it came
///     GET /held                     waits for let_go()
///     GET /large                    eight mebibytes
///     GET /throws, /away, /crlf     fails; fails as a backend does; tries to split its answer
///     GET /who                      the client's address, the request's id and its traceparent
///     GET /stream                   one line, and one more after let_go(), as a stream
///     GET /stream/flood, …/fails    a stream without an end; one that fails after a line
class http_server {
   public:
    explicit http_server(http::server_options options = {});
    ~http_server();

    std::uint16_t port() const { return port_; }
    http::server::counters count() const;

    /// False: there are still more after twenty seconds.
    bool await_connections(std::size_t at_most) const;

    /// Returns when a handler of /held waits.
    void await_held();
    void let_go();
    /// How many handlers of /held have run to their end, and how many streams have ended.
    int ended() const;

    /// Throws what the server's own throws.
    void reload_tls();

    std::future<void> stop(std::chrono::milliseconds within);

   private:
    struct running;
    std::unique_ptr<running> running_;
    std::uint16_t port_ = 0;
};

}  // namespace dibs::tests
