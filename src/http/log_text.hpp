#pragma once

#include <string>
#include <string_view>

namespace dibs::http {

/// The text as it may stand in a log: control characters as `\xNN`, a backslash doubled, so that nothing in
/// it can begin a line of its own or pass for something else.
std::string log_text(std::string_view text);

}  // namespace dibs::http
