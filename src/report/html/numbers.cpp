#include "report/html/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace dibs::report::html {

std::string count_text(double whole) {
    auto digits = fmt::format("{:.0f}", whole);
    const auto first = digits.starts_with('-') ? 1U : 0U;
    for (auto place = digits.size(); place > first + 3; digits.insert(place, 1, ',')) place -= 3;
    return digits;
}

std::string plain_number(double value) { return fmt::format("{:g}", value); }

std::string short_number(double value) {
    if (value == 0 || !std::isfinite(value)) return fmt::format("{:.0f}", value);
    const auto power = [](double of) { return static_cast<int>(std::floor(std::log10(std::abs(of)))); };
    const double step = std::pow(10, power(value) - 2);
    const double rounded = std::round(value / step) * step;
    const auto decimals = std::clamp(2 - power(rounded * (1 + 1e-12)), 0, 9);
    return decimals == 0 ? count_text(rounded) : fmt::format("{:.{}f}", rounded, decimals);
}

std::string milliseconds(double value) {
    return value < 1000 ? short_number(value) + " ms" : short_number(value / 1000) + " s";
}

std::string percent(double share) { return fmt::format("{:.2f} %", std::floor(share * 10'000 + 1e-9) / 100); }

std::string or_dash(const std::optional<double>& value, std::string (*as)(double)) {
    return value ? as(*value) : "–";
}

std::string counted(double count, std::string_view noun) {
    return fmt::format("{} {}{}", count_text(count), noun, count == 1 ? "" : "s");
}

std::optional<double> median(std::vector<double> values) {
    if (values.empty()) return std::nullopt;
    const auto middle = values.size() / 2;
    std::ranges::sort(values);
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

boost::json::value plotted(const std::optional<double>& value) {
    if (!value || !std::isfinite(*value)) return nullptr;
    if (*value == 0) return 0;
    const double step = std::pow(10, std::floor(std::log10(std::abs(*value))) - 3);
    const double rounded =
        step < 1 ? std::round(*value / step) / std::round(1 / step) : std::round(*value / step) * step;
    if (rounded == std::floor(rounded) && std::abs(rounded) < 1e15) return static_cast<std::int64_t>(rounded);
    return rounded;
}

}  // namespace dibs::report::html
