#include "http/request_id.hpp"

#include "http/characters.hpp"

#include <algorithm>

namespace dibs::http {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char one) { return is_digit(one) || (one >= 'a' && one <= 'f'); });
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

bool is_request_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char one) {
        return is_alphanumeric(one) || one == '.' || one == '_' || one == '-';
    });
}

/// SplitMix64 (Steele, Lea, Flood 2014): a counter behind a bijection.
request_id_maker::text request_id_maker::next() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ mixed >> 30U) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ mixed >> 27U) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31U;
    text made{};
    for (char& digit : made) {
        digit = hex_digits[mixed & 15U];
        mixed >>= 4U;
    }
    return made;
}

std::optional<trace_context> read_traceparent(std::string_view text) {
    constexpr std::size_t known_size = 55;
    if (text.size() < known_size || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    const std::string_view version = text.substr(0, 2);
    if (!is_lower_hex(version) || version == "ff") return std::nullopt;
    if (text.size() > known_size && (version == "00" || text[known_size] != '-')) return std::nullopt;
    const trace_context read{text.substr(3, 32), text.substr(36, 16), text.substr(53, 2)};
    if (!is_lower_hex(read.trace_id) || !is_lower_hex(read.parent_id) || !is_lower_hex(read.flags))
        return std::nullopt;
    if (is_zero(read.trace_id) || is_zero(read.parent_id)) return std::nullopt;
    return read;
}

}  // namespace dibs::http
