#include "coupon/accounts/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace dibs::coupon {
namespace {

constexpr std::uint8_t no_digit = 64;
constexpr std::size_t group = 4;

/// What each byte stands for, in either alphabet.
constexpr std::array<std::uint8_t, 256> digit_of = [] {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    values['-'] = values['+'];
    values['_'] = values['/'];
    return values;
}();

}  // namespace

std::string to_base64url(std::string_view bytes) {
    std::string text(group * ((bytes.size() + 2) / 3), '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                    reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    while (text.ends_with('=')) text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % group == 0)
        for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    if (text.size() % group == 1) return std::nullopt;
    std::string bytes(text.size() * 3 / group, '\0');
    std::size_t written = 0;
    std::uint32_t bits = 0;
    int held = 0;  // of `bits`, not written yet
    for (const char c : text) {
        const std::uint8_t digit = digit_of[static_cast<unsigned char>(c)];
        if (digit == no_digit) return std::nullopt;
        bits = bits << 6U | digit;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes[written++] = static_cast<char>(bits >> static_cast<unsigned>(held) & 0xFFU);
    }
    return bytes;
}

}  // namespace dibs::coupon
