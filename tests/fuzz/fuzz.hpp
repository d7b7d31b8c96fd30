#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string_view>

/// libFuzzer calls this with one input after the other; each target defines it.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gave it its name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace dibs::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Ends the run where a property does not hold; libFuzzer then saves the input.
inline void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "PROPERTY BROKEN: %s\n", property);
    std::abort();
}

/// Gives `all` in pieces as a network might, which the input itself determines.
template <class Give>
void in_pieces(std::string_view all, Give give) {
    std::minstd_rand random(static_cast<std::uint32_t>(std::hash<std::string_view>{}(all)));
    while (!all.empty()) {
        const std::size_t longest = random() % 4 == 0 ? 64 : 4;
        const auto piece = all.substr(0, 1 + random() % longest);
        give(piece);
        all.remove_prefix(piece.size());
    }
}

}  // namespace dibs::fuzz
