#pragma once

#include "http/message.hpp"
#include "http/request_reader.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace dibs::http {

/// Refuses a header of which two readers might take different meanings: where the body ends, for which host
/// it is, whose request. `version` is 10 for HTTP/1.0, 11 for HTTP/1.1. Pure.
std::optional<refusal> check_framing(const std::vector<header_field>& fields, unsigned version);

/// Whether a chunked body's trailer may have a field of this name: none that says how to read a request.
bool may_trail(std::string_view name);

}  // namespace dibs::http
