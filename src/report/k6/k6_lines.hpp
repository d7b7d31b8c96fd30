#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What single lines of a log say. Lines are given without the spaces around them.
namespace dibs::report {

/// `✓ 'rate>0.8' rate=84.74%`: the aggregate and its value.
struct threshold_line {
    std::string_view aggregate;
    std::string_view value;
};

/// True where a line begins like a threshold's, whether or not the rest can be read.
bool begins_threshold(std::string_view line);
std::optional<threshold_line> parse_threshold_line(std::string_view line);

/// `http_reqs....: 2218 27.499059/s`
struct metric_line {
    std::string_view name;
    std::string_view values;
};

std::optional<metric_line> parse_metric_line(std::string_view line);

/// The durations of a trend's line, `avg=1.09s min=5.47ms …`: what is wrong with them; empty where all can
/// be read and p(95) is among them.
std::string fault_in_durations(std::string_view values);

/// `1.7 MB 21 kB/s`
bool are_bytes_and_rate(std::string_view values);

/// The word of a line that announces a run, `queue 4회차` or `queue run 4`; empty for other lines.
std::string_view announced(std::string_view line);

/// Without colours and other escape sequences of terminals.
std::string without_escapes(std::string_view line);

}  // namespace dibs::report
