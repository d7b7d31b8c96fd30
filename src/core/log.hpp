#pragma once

#include <dibs/log.hpp>

#include <fmt/format.h>

#include <string>
#include <utility>

namespace dibs {

/// False: nobody listens, and a line need not be written.
bool logs();
void log_line(log_level level, const std::string& line);

template <class... Values>
void log(log_level level, fmt::format_string<Values...> text, Values&&... values) {
    if (logs()) log_line(level, fmt::format(text, std::forward<Values>(values)...));
}

}  // namespace dibs
