#pragma once

#include <optional>
#include <string_view>

/// Numbers as k6 prints them, read back. Every function gives nothing for a text that is not of its form as a
/// whole, a unit k6 does not know included.
namespace dibs::report {

/// Milliseconds of `0s`, `350ns`, `350µs`, `12.5ms`, `3.2s`, `1m2s`, `1h0m0s`.
std::optional<double> parse_duration(std::string_view text);

/// 0 to 100, of `84.74%`.
std::optional<double> parse_percentage(std::string_view text);

/// Bytes of `8 B`, `1.0 kB`, `124 MB`.
std::optional<double> parse_bytes(std::string_view text);

/// A number without sign or exponent.
std::optional<double> parse_number(std::string_view text);

}  // namespace dibs::report
