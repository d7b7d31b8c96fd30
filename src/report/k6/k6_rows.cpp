#include "report/k6/k6_rows.hpp"

#include "report/k6/k6_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace dibs::report {
namespace {

constexpr std::array<std::string_view, 6> trend_columns{"avg", "min", "med", "max", "p(90)", "p(95)"};

/// In code points, as k6 counts.
std::size_t code_points(std::string_view text) {
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts));
}

std::string padded(const std::string& text, std::size_t to) {
    return text + std::string(to - std::min(to, code_points(text)), ' ');
}

struct shown_cells {
    stats::unit shown_as;

    std::vector<std::string> operator()(const stats::counter_values& values) const {
        return {format_value(values.count, shown_as), format_value(values.per_second, shown_as) + "/s"};
    }
    std::vector<std::string> operator()(const stats::gauge_values& values) const {
        return {format_value(values.value, shown_as), "min=" + format_value(values.min, shown_as),
                "max=" + format_value(values.max, shown_as)};
    }
    std::vector<std::string> operator()(const stats::rate_values& values) const {
        return {format_percentage(values.value()),
                fmt::format("{} out of {}", values.passes, values.passes + values.fails)};
    }
    std::vector<std::string> operator()(const stats::trend_values& values) const {
        std::vector<std::string> cells;
        for (const double value : {values.avg, values.min, values.med, values.max, values.p90, values.p95})
            cells.push_back(format_value(value, shown_as));
        return cells;
    }
};

template <std::size_t Columns>
void widen(std::array<std::size_t, Columns>& widths, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
        widths.at(i) = std::max(widths.at(i), code_points(cells[i]));
}

}  // namespace

k6_row row_of(const stats::metric_name& name, const stats::metric_summary& metric) {
    auto shown = name.is_submetric() ? fmt::format("  {{ {} }}", name.tags_text()) : name.base();
    return {std::move(shown), std::holds_alternative<stats::trend_values>(metric.values),
            std::visit(shown_cells{metric.shown_as}, metric.values)};
}

k6_row counter_row(std::string name, const stats::counter_values& values, stats::unit shown_as) {
    return {std::move(name), false, shown_cells{shown_as}(values)};
}

k6_row rate_row(std::string name, const stats::rate_values& values) {
    return {std::move(name), false, shown_cells{stats::unit::plain}(values)};
}

k6_alignment::k6_alignment(std::span<const k6_row> rows) {
    for (const auto& row : rows) {
        name_ = std::max(name_, code_points(row.name));
        row.is_trend ? widen(trend_, row.cells) : widen(other_, row.cells);
    }
}

std::string k6_alignment::line(const k6_row& row) const {
    const std::string dots(name_ - code_points(row.name) + 3, '.');
    return fmt::format("{}{}: {}", row.name, dots, row.is_trend ? trend_cells(row) : other_cells(row));
}

std::string k6_alignment::trend_cells(const k6_row& row) const {
    std::string line;
    for (std::size_t i = 0; i < row.cells.size(); ++i)
        line += fmt::format("{}{}={}", i == 0 ? "" : " ", trend_columns.at(i),
                            padded(row.cells[i], trend_.at(i)));
    return line;
}

std::string k6_alignment::other_cells(const k6_row& row) const {
    std::string line = padded(row.cells.front(), other_.front());
    if (row.cells.size() == 2)
        return fmt::format("{} {}", line, row.cells.back());  // a single one is not padded
    for (std::size_t i = 1; i < row.cells.size(); ++i)
        line += fmt::format(" {}", padded(row.cells[i], other_.at(i)));
    return line;
}

}  // namespace dibs::report
