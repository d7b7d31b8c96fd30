#pragma once

#include "http/request_reader.hpp"

#include <string_view>

namespace dibs::fuzz {

/// Whether the bytes of a request that was accepted have one meaning to any reader of RFC 9112, and `read` is
/// it: written anew and as strict as can be, without Beast.
void require_one_meaning(std::string_view bytes, const http::request& read,
                         const http::request_limits& limits);

}  // namespace dibs::fuzz
