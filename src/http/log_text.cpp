#include "http/log_text.hpp"

#include <fmt/format.h>

#include <iterator>

namespace dibs::http {

std::string log_text(std::string_view text) {
    std::string made;
    made.reserve(text.size());
    for (const char one : text) {
        const auto code = static_cast<unsigned char>(one);
        if (code < 0x20 || code == 0x7f)
            fmt::format_to(std::back_inserter(made), "\\x{:02x}", code);
        else if (one == '\\')
            made += "\\\\";
        else
            made += one;
    }
    return made;
}

}  // namespace dibs::http
