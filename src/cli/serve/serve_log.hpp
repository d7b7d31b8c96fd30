#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace dibs::cli {

enum class log_format {
    text,  ///< `[TIME] [LEVEL] message`
    json   ///< one object a line: `time` (UTC), `level`, `message`, and more of requests
};

/// Of `--log-format`: `text`, `json`, or "" for text on a terminal and JSON elsewhere.
log_format log_format_from(std::string_view word);

/// From now on the process logs to stderr in this form. Whatever a message holds, it stays one line: control
/// characters are written as `\x0a`.
void set_up_log(log_format format, const std::string& level);

/// Writes one request's line, whatever the level. `what` begins with neither time nor level.
void log_request(log_format format, boost::json::object what);

/// The text with its control characters, and all beyond ASCII where it is no UTF-8, as `\xNN`. Pure.
std::string on_a_line(std::string_view text);

}  // namespace dibs::cli
