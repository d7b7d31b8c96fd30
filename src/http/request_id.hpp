#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dibs::http {

/// An id that a client may choose: 1 to 64 letters, digits, dots, underscores and hyphens. Pure.
bool is_request_id(std::string_view text);

/// Makes ids of sixteen hexadecimal digits, none twice and none to be guessed from its neighbours at a
/// glance; they are no secrets. Not thread-safe.
class request_id_maker {
   public:
    using text = std::array<char, 16>;
    explicit request_id_maker(std::uint64_t seed) : state_(seed) {}
    text next();

   private:
    std::uint64_t state_;
};

/// What a `traceparent` of W3C Trace Context says. Views of it.
struct trace_context {
    std::string_view trace_id;   ///< 32 digits
    std::string_view parent_id;  ///< 16 digits
    std::string_view flags;      ///< 2 digits
};
/// Empty: it is none. Later versions are read as far as this one knows them. Pure.
std::optional<trace_context> read_traceparent(std::string_view text);

}  // namespace dibs::http
