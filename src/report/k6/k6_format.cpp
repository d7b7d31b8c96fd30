#include "report/k6/k6_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace dibs::report {
namespace {

/// The shortest digits that read back as `value`, without exponent: JavaScript's own form below 10^21.
std::string shortest(double value) {
    std::array<char, 400> digits{};
    const double without_sign_of_zero = value == 0 ? 0 : value;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), without_sign_of_zero,
                                   std::chars_format::fixed)
                         .ptr;
    return {digits.data(), end};
}

/// Cut off after two decimals, and without trailing zeros.
std::string truncated(double value) { return shortest(std::trunc(100 * value) / 100); }

std::string seconds_and_more(double milliseconds) {
    const double seconds = std::fmod(milliseconds, 60'000) / 1000;
    const auto minutes = static_cast<std::uint64_t>(milliseconds / 60'000);
    std::string rest = (milliseconds > 60'000 ? shortest(std::trunc(seconds)) : truncated(seconds)) + "s";
    if (minutes == 0) return rest;
    if (minutes < 60) return fmt::format("{}m{}", minutes, rest);
    return fmt::format("{}h{}m{}", minutes / 60, minutes % 60, rest);
}

}  // namespace

std::string format_percentage(double share) {
    return fmt::format("{:.2f}%", std::trunc(share * 100 * 100) / 100);
}

std::string format_duration(double milliseconds) {
    if (milliseconds == 0) return "0s";
    if (milliseconds < 0.001) return shortest(std::trunc(milliseconds * 1'000'000)) + "ns";
    if (milliseconds < 1) return truncated(milliseconds * 1000) + "µs";
    if (milliseconds < 1000) return truncated(milliseconds) + "ms";
    return seconds_and_more(milliseconds);
}

std::string format_bytes(double bytes) {
    static constexpr std::array<std::string_view, 9> units{"B",  "kB", "MB", "GB", "TB",
                                                           "PB", "EB", "ZB", "YB"};
    if (bytes < 10) return shortest(bytes) + " B";
    const double exponent = std::floor(std::log(bytes) / std::log(1000.0));
    const double value = std::floor(bytes / std::pow(1000.0, exponent) * 10 + 0.5) / 10;
    const auto unit = std::min(static_cast<std::size_t>(exponent), units.size() - 1);
    if (value < 10) return fmt::format("{:.1f} {}", value, units.at(unit));
    return fmt::format("{:.0f} {}", std::floor(value + 0.5), units.at(unit));
}

std::string format_number(double value) {
    // Half of the sixth decimal is exact only in odd multiples of 1/128; JavaScript rounds it up, C to even.
    // Beyond 2^33 both read back as the same double.
    if (value < 8'589'934'592 && std::fmod(value * 128, 2) == 1) value = std::nextafter(value, INFINITY);
    const std::string six = fmt::format("{:.6f}", value);
    double rounded = 0;
    std::from_chars(six.data(), six.data() + six.size(), rounded);
    return shortest(rounded);
}

std::string format_value(double value, stats::unit shown_as) {
    switch (shown_as) {
        case stats::unit::time: return format_duration(value);
        case stats::unit::data: return format_bytes(value);
        case stats::unit::plain: break;
    }
    return format_number(value);
}

std::uint64_t floored_percentage(std::uint64_t passes, std::uint64_t fails) {
    const auto all = static_cast<double>(passes) + static_cast<double>(fails);
    return static_cast<std::uint64_t>(std::floor(100 * static_cast<double>(passes) / all));
}

}  // namespace dibs::report
