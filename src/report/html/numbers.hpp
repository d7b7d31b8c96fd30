#pragma once

#include "report/markdown.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Figures as people read them. Pure.
namespace dibs::report::html {

/// Three significant digits, thousands apart: `0.0123`, `4.56`, `1,230`, `12,300`.
std::string short_number(double value);
/// As somebody set it: `50`, `0.5`.
std::string plain_number(double value);
std::string count_text(double whole);    ///< 12,345
std::string milliseconds(double value);  ///< `4.56 ms`; from a second on `1.23 s`
/// `99.97 %`: never rounded up to 100.
std::string percent(double share);
/// An en dash where there is none.
std::string or_dash(const std::optional<double>& value, std::string (*as)(double) = short_number);

/// `1 round`, `2 rounds`.
std::string counted(double count, std::string_view noun);

std::optional<double> median(std::vector<double> values);

/// For a chart: four significant digits are more than it can show.
boost::json::value plotted(const std::optional<double>& value);

}  // namespace dibs::report::html
