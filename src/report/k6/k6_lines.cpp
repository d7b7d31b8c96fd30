#include "report/k6/k6_lines.hpp"

#include "report/k6/k6_parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace dibs::report {
namespace {

constexpr std::string_view met = "✓ '";
constexpr std::string_view crossed = "✗ '";

std::string_view without_leading_spaces(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

bool drop_suffix(std::string_view& text, std::string_view suffix) {
    if (!text.ends_with(suffix)) return false;
    text.remove_suffix(suffix.size());
    return true;
}

/// Takes the digits at the end away; false where there are none.
bool drop_number(std::string_view& text) {
    const auto size = text.size();
    while (!text.empty() && std::isdigit(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
    return text.size() < size;
}

void drop_spaces(std::string_view& text) {
    while (text.ends_with(' ')) text.remove_suffix(1);
}

}  // namespace

bool begins_threshold(std::string_view line) { return line.starts_with(met) || line.starts_with(crossed); }

std::optional<threshold_line> parse_threshold_line(std::string_view line) {
    const auto quote = line.rfind("' ");
    if (!begins_threshold(line) || quote == std::string_view::npos || quote < met.size()) return std::nullopt;
    const auto observed = line.substr(quote + 2);
    const auto equals = observed.rfind('=');
    if (equals == std::string_view::npos) return std::nullopt;
    auto aggregate = observed.substr(0, equals);
    drop_suffix(aggregate, "!");  // of a condition with != k6 takes half the sign for the aggregate's
    drop_spaces(aggregate);
    return threshold_line{aggregate, observed.substr(equals + 1)};
}

std::optional<metric_line> parse_metric_line(std::string_view line) {
    const auto dots = line.find("...");
    if (dots == std::string_view::npos) return std::nullopt;
    const auto end = line.find_first_not_of('.', dots);
    if (end == std::string_view::npos || line[end] != ':') return std::nullopt;
    return metric_line{line.substr(0, dots), without_leading_spaces(line.substr(end + 1))};
}

std::string fault_in_durations(std::string_view values) {
    bool has_p95 = false;
    while (!values.empty()) {
        const auto cell = values.substr(0, values.find(' '));
        values = without_leading_spaces(values.substr(cell.size()));
        const auto equals = cell.find('=');
        if (equals == std::string_view::npos)
            return fmt::format("'{}' is not of the form NAME=DURATION", cell);
        if (cell.substr(0, equals) != "count" && !parse_duration(cell.substr(equals + 1)))
            return fmt::format("'{}' is not a duration as k6 prints it (350µs, 12.5ms, 3.2s, 1m2s)",
                               cell.substr(equals + 1));
        has_p95 = has_p95 || cell.starts_with("p(95)=");
    }
    return has_p95 ? ""
                   : "this line has no p(95): the file is truncated, or --summary-trend-stats left it out";
}

bool are_bytes_and_rate(std::string_view values) {
    const auto gap = values.find(' ', std::min(values.find(' '), values.size() - 1) + 1);
    if (values.empty() || gap == std::string_view::npos) return false;
    std::string_view per_second = without_leading_spaces(values.substr(gap));
    return drop_suffix(per_second, "/s") && parse_bytes(per_second) && parse_bytes(values.substr(0, gap));
}

std::string_view announced(std::string_view line) {
    const bool korean = drop_suffix(line, "회차");
    drop_spaces(line);
    if (!drop_number(line)) return {};
    const auto before = line.size();
    drop_spaces(line);
    if (!korean && (line.size() == before || !drop_suffix(line, " run"))) return {};
    drop_spaces(line);
    return line.find(' ') == std::string_view::npos ? line : std::string_view{};
}

std::string without_escapes(std::string_view line) {
    std::string plain;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\x1b') {
            plain += line[i];
            continue;
        }
        // CSI: ESC [ parameters, up to a letter or other final byte.
        if (i + 1 < line.size() && line[i + 1] == '[') ++i;
        while (i + 1 < line.size() && (line[i + 1] < '@' || line[i + 1] > '~')) ++i;
        ++i;
    }
    return plain;
}

}  // namespace dibs::report
