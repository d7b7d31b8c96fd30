#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <vector>

/// What a page is made of, before it is HTML. Pure.
namespace dibs::report::html {

/// The first row is the heading, the first cell of the others theirs. Text, to be escaped.
struct table {
    std::string caption;
    std::vector<std::vector<std::string>> rows;
    bool numbers = true;  ///< set right; text otherwise
};

/// Figures for one of the charts in files/charts_*.js, and for the table behind it.
struct chart {
    struct column {
        std::string key;    ///< what the chart calls it
        std::string title;  ///< with the unit
    };
    std::string kind;         ///< which chart
    std::string title;        ///< the finding or the question
    std::string description;  ///< how to read it, also for those who do not see it
    std::vector<column> columns;
    boost::json::array rows = {};       ///< an array each, in the order of the columns; null: not known
    boost::json::object settings = {};  ///< further figures of this kind of chart
};

struct section {
    std::string id;
    std::string heading;
    std::vector<std::string> paragraphs = {};
    std::vector<table> tables = {};
    std::vector<chart> charts = {};
    bool tables_first = false;  ///< otherwise they are below the charts
    /// Without data: the line that says which command makes it.
    std::string missing = {};
};

}  // namespace dibs::report::html
