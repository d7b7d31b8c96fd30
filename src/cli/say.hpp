#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

namespace dibs::cli {

/// For whoever watches. What cannot be written is dropped: no command does otherwise because of it.
template <class... Args>
void say_on(std::FILE* out, fmt::format_string<Args...> format, Args&&... args) {
    const std::string text = fmt::format(format, std::forward<Args>(args)...);
    std::fwrite(text.data(), 1, text.size(), out);
}

/// The same on stderr.
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
    say_on(stderr, format, std::forward<Args>(args)...);
}

}  // namespace dibs::cli
