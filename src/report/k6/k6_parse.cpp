#include "report/k6/k6_parse.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace dibs::report {
namespace {

struct duration_unit {
    std::string_view name;
    double milliseconds;
};

constexpr std::array<duration_unit, 8> duration_units{
    {{"h", 3'600'000},
     {"m", 60'000},
     {"s", 1000},
     {"ms", 1},
     {"\u00B5s", 1e-3},  // micro sign, as k6 prints
     {"\u03BCs", 1e-3},  // Greek mu, as some editors make of it
     {"us", 1e-3},
     {"ns", 1e-6}}};

constexpr std::array<std::pair<std::string_view, double>, 9> byte_units{{{"B", 1},
                                                                         {"kB", 1e3},
                                                                         {"MB", 1e6},
                                                                         {"GB", 1e9},
                                                                         {"TB", 1e12},
                                                                         {"PB", 1e15},
                                                                         {"EB", 1e18},
                                                                         {"ZB", 1e21},
                                                                         {"YB", 1e24}}};

bool is_digit_or_dot(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.'; }

std::string_view take_while(std::string_view& text, bool (*wanted)(char)) {
    const auto end = std::find_if_not(text.begin(), text.end(), wanted);
    const auto taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(taken.size());
    return taken;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit_or_dot)) return std::nullopt;
    double value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, failed] = std::from_chars(text.data(), last, value, std::chars_format::fixed);
    if (failed != std::errc() || end != last) return std::nullopt;
    return value;
}

std::optional<double> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    double total = 0;
    double larger_than = 1e300;  // the units of one duration get ever smaller
    while (!text.empty()) {
        const auto amount = parse_number(take_while(text, is_digit_or_dot));
        const auto name = take_while(text, [](char c) { return !is_digit_or_dot(c); });
        const auto unit = std::find_if(duration_units.begin(), duration_units.end(),
                                       [&](const auto& known) { return known.name == name; });
        if (!amount || unit == duration_units.end() || unit->milliseconds >= larger_than) return std::nullopt;
        larger_than = unit->milliseconds;
        total += *amount * unit->milliseconds;
    }
    return total;
}

std::optional<double> parse_percentage(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    const auto value = parse_number(text.substr(0, text.size() - 1));
    return value && *value <= 100 ? value : std::nullopt;
}

std::optional<double> parse_bytes(std::string_view text) {
    const auto amount = parse_number(take_while(text, is_digit_or_dot));
    if (!amount || !text.starts_with(' ')) return std::nullopt;
    for (const auto& [name, bytes] : byte_units)
        if (text.substr(1) == name) return *amount * bytes;
    return std::nullopt;
}

}  // namespace dibs::report
