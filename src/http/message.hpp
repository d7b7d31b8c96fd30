#pragma once

#include "core/asio.hpp"

#include <boost/asio/ip/address.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dibs::http {

enum class method { get, head, post, put, patch, erase, options, other };

/// As in the request line: `GET`. `erase` is DELETE.
std::string_view to_string(method verb);

struct header_field {
    std::string_view name;
    std::string_view value;
};

/// What a client asks. Its views point into the connection's buffers and are valid until the handler ends.
struct request {
    method verb = method::get;
    std::string_view target;  ///< as sent
    std::string_view path;    ///< percent-encoded, as sent
    std::string_view query;   ///< what follows the `?`
    std::vector<header_field> fields;
    std::string_view body;
    asio::ip::address client;      ///< who asks, where proxies that are trusted say so
    std::string_view id;           ///< X-Request-Id, or one that the server made
    std::string_view traceparent;  ///< as W3C Trace Context has it, or empty

    /// The first field of this name, whatever its letters' case.
    std::optional<std::string_view> header(std::string_view name) const;
};

/// Where a streamed body goes.
class stream_writer {
   public:
    /// Sends the text and suspends until the system has taken it. Throws boost::system::system_error when the
    /// client has gone or does not read in time and when the server stops: let it pass.
    virtual task<void> write(std::string_view text) = 0;

   protected:
    ~stream_writer() = default;
};

/// Writes a body piece by piece; returning ends it. It is cancelled when the client goes or the server stops.
/// What it throws cuts the body short, so that the client can tell.
using stream_producer = std::function<task<void>(stream_writer&)>;

struct response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    /// Further fields. Date, Content-Type, Content-Length and Connection are the server's business.
    std::vector<std::pair<std::string, std::string>> headers;
    /// Sent instead of `body`, in chunks; its connection closes afterwards.
    stream_producer stream;
};

/// The `{…}` of a route's pattern, percent-decoded.
class path_params {
   public:
    void add(std::string_view name, std::string value) { values_.emplace_back(name, std::move(value)); }
    /// Throws std::out_of_range when the pattern has no such name.
    std::string_view at(std::string_view name) const;

   private:
    std::vector<std::pair<std::string_view, std::string>> values_;
};

/// Answers a request. It runs to its end even when the client has gone; what it throws becomes a 503
/// (dibs::error) or a 500, and is logged.
using handler = std::function<task<response>(const request&, const path_params&)>;

}  // namespace dibs::http
