#pragma once

#include "core/asio.hpp"

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

    /// The first field of this name, whatever its letters' case.
    std::optional<std::string_view> header(std::string_view name) const;
};

struct response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    /// Further fields. Date, Content-Type, Content-Length and Connection are the server's business.
    std::vector<std::pair<std::string, std::string>> headers;
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
