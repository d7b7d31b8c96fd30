#include "load/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace dibs::load {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint32_t most_users = 100'000;
constexpr double highest_rate = 1e6;  // a second
constexpr nanoseconds longest = std::chrono::hours(24 * 7);

/// The length of one unit, and `text` moved past it.
std::optional<nanoseconds> take_unit(std::string_view& text) {
    using namespace std::chrono_literals;
    static constexpr std::array<std::pair<std::string_view, nanoseconds>, 7> units{
        {{"ns", 1ns}, {"us", 1us}, {"µs", 1us}, {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}}};
    for (const auto& [name, length] : units) {
        if (!text.starts_with(name)) continue;
        text.remove_prefix(name.size());
        return length;
    }
    return std::nullopt;
}

std::optional<double> take_number(std::string_view& text) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    double value = 0;
    const auto [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (failed != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

std::optional<nanoseconds> read_duration(std::string_view text) {
    if (text == "0") return nanoseconds::zero();
    if (text.empty()) return std::nullopt;
    std::chrono::duration<double, std::nano> total(0);
    while (!text.empty()) {
        const std::optional<double> number = take_number(text);
        if (!number) return std::nullopt;
        const std::optional<nanoseconds> unit = take_unit(text);
        if (!unit) return std::nullopt;
        total += *number * *unit;
        if (total > longest) return std::nullopt;
    }
    return std::chrono::round<nanoseconds>(total);
}

/// A second, of `500/s`.
std::optional<double> read_rate(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    std::string_view left = text.substr(0, slash);
    const std::optional<double> number = take_number(left);
    std::string_view right = text.substr(slash + 1);
    std::string_view unit = right;
    const std::optional<nanoseconds> one = take_unit(unit);
    const std::optional<nanoseconds> each = one && unit.empty() ? one : read_duration(right);
    if (!number || !left.empty() || !each || *each <= nanoseconds::zero()) return std::nullopt;
    const double rate = *number / std::chrono::duration<double>(*each).count();
    if (rate > highest_rate) return std::nullopt;
    return rate;
}

}  // namespace

nanoseconds parse_duration(std::string_view text) {
    if (const auto length = read_duration(text)) return *length;
    throw bad_scenario(fmt::format(
        "'{}' is not a duration of at most seven days: write numbers with units, as 10s, 1m30s or 500ms",
        text));
}

stage parse_stage(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        throw bad_scenario(
            fmt::format("'{}' is not a stage: write a duration and the users at its end, as 30s:100", text));
    const std::string_view users = text.substr(colon + 1);
    stage read{parse_duration(text.substr(0, colon))};
    const auto [end, failed] = std::from_chars(users.data(), users.data() + users.size(), read.target);
    if (failed != std::errc() || end != users.data() + users.size() || read.target > most_users)
        throw bad_scenario(
            fmt::format("stage '{}': '{}' is not a number of users from 0 to {}", text, users, most_users));
    return read;
}

double parse_rate(std::string_view text) {
    if (const auto rate = read_rate(text)) return *rate;
    throw bad_scenario(fmt::format(
        "'{}' is not a rate of at most {:.0f} a second: write iterations for each time, as 500/s, "
        "30000/m or 1/10s",
        text, highest_rate));
}

rate_stage parse_rate_stage(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        throw bad_scenario(
            fmt::format("'{}' is not a ramp: write a duration and the rate at its end, as 10s:200/s", text));
    return {parse_duration(text.substr(0, colon)), parse_rate(text.substr(colon + 1))};
}

}  // namespace dibs::load
