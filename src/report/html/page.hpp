#pragma once

#include "report/html/section.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace dibs::report::html {

/// The whole report.
struct document {
    std::string title;
    /// The answer, a sentence each.
    std::vector<std::string> answer;
    std::vector<section> sections;        ///< the first one belongs to the first screen
    std::vector<std::string> strategies;  ///< in the order in which they get their colours
};

/// One file that needs nothing else: style, scripts, the charting library and the figures are in it, and its
/// Content-Security-Policy allows nothing but these very scripts and this very style. Pure.
std::string page(const document& of);

/// The answer and the tables, for a terminal.
std::string markdown(const document& of);

/// For HTML's text and for attributes in double quotes.
std::string escaped(std::string_view text);
/// JSON that does not end the script element it stands in, whatever is in its strings.
std::string json_for_script(const boost::json::value& value);

}  // namespace dibs::report::html
