#pragma once

#include <optional>
#include <string_view>

namespace dibs::http {

/// What a request line asks for, in origin form (`/path?query`), absolute form (`http://host/path?query`) or
/// the asterisk. Views of what was sent.
struct request_target {
    std::string_view authority;  ///< empty but in the absolute form
    std::string_view path;       ///< percent-encoded
    std::string_view query;      ///< what follows the `?`
};

/// Empty: it is none of these, or has characters that no URI has. Pure.
std::optional<request_target> read_target(std::string_view sent);

/// A host with or without a port, as Host and the absolute form have it; no user, no list. Pure.
bool is_authority(std::string_view text);

}  // namespace dibs::http
