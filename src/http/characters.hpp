#pragma once

#include <algorithm>
#include <string_view>

namespace dibs::http {

constexpr bool is_digit(char one) { return one >= '0' && one <= '9'; }
constexpr bool is_alphanumeric(char one) {
    return is_digit(one) || (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z');
}
/// Neither a control character, a space nor beyond ASCII.
constexpr bool is_visible(char one) { return one > 0x20 && one < 0x7f; }

inline constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
/// A token of RFC 9110: the name of a field, a method.
constexpr bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char one) {
        return is_alphanumeric(one) || token_marks.find(one) != std::string_view::npos;
    });
}

/// May stand in the value of a field; bytes beyond ASCII are opaque there.
constexpr bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char one) {
        return one == '\t' || (static_cast<unsigned char>(one) >= 0x20 && one != 0x7f);
    });
}

}  // namespace dibs::http
