#pragma once

#include <string>
#include <string_view>

namespace dibs::postgres {

/// libpq's messages have several lines; ours are one.
inline std::string on_one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        if (c != '\n' && c != '\t')
            line += c;
        else if (!line.ends_with(' '))
            line += ' ';
    }
    while (line.ends_with(' ')) line.pop_back();
    return line;
}

}  // namespace dibs::postgres
