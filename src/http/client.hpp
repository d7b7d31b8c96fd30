#pragma once

#include "core/asio.hpp"
#include "http/message.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dibs::http {

/// Host, User-Agent, Content-Length and Content-Type are the connection's business.
struct client_request {
    method verb = method::get;
    std::string target = "/";  ///< percent-encoded, with its query
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string content_type = "application/json";  ///< sent when there is a body
};

struct client_response {
    int status = 0;     ///< 0: no answer came, see `error`
    std::string error;  ///< empty, or why there is no answer
    std::string body;
    std::uint64_t bytes_sent = 0;      ///< header and body
    std::uint64_t bytes_received = 0;  ///< header and body
    /// From the first byte sent to the last received, as k6 counts http_req_duration: without resolving and
    /// connecting. Of a failed request until it failed; zero when it was never sent.
    std::chrono::nanoseconds took{0};
};

/// One keep-alive connection to a server, made on demand. One request at a time.
///
/// A connection that the server closed while it was idle is replaced silently; one that breaks under a
/// request is not, because the request may have been carried out.
class client_connection {
   public:
    /// `host` is a name or an address without brackets; the addresses of a name are tried in turn.
    client_connection(const asio::any_io_executor& executor, std::string host, std::uint16_t port);
    client_connection(client_connection&&) noexcept;
    client_connection& operator=(client_connection&&) noexcept;
    ~client_connection();

    /// Failures are values: status 0. Throws only when the caller is cancelled, which closes the connection.
    task<client_response> send(const client_request& what, deadline until);

    /// Also lets the executor run out of work: a kept connection holds a timer.
    void close();
    bool connected() const;

   private:
    struct link;
    std::shared_ptr<link> link_;
};

}  // namespace dibs::http
