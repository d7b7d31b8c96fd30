#include "report/json_text.hpp"
#include "report/published/published_table.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <string_view>

namespace dibs::report {
namespace {

namespace json = boost::json;

/// In quotes where a comma, a quote or a line end asks for them (RFC 4180).
std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

std::string csv_line(std::string_view strategy, const char* metric, const estimate& of) {
    auto line = fmt::format("{},{},{},{:.2f}", csv_field(strategy), metric, of.n, of.mean);
    if (!of.deviation || !of.confidence) return line + ",,,\n";
    return line +
           fmt::format(",{:.2f},{:.2f},{:.2f}\n", *of.deviation, of.confidence->lower, of.confidence->upper);
}

json::object estimate_json(const estimate& of) {
    json::object made{{"mean", of.mean}, {"sd", nullptr}, {"ci_lower", nullptr}, {"ci_upper", nullptr}};
    if (of.deviation) made["sd"] = *of.deviation;
    if (of.confidence) {
        made["ci_lower"] = of.confidence->lower;
        made["ci_upper"] = of.confidence->upper;
    }
    return made;
}

json::array ranking_json(const published_table& table, const std::vector<stats::place>& places) {
    json::array made;
    for (const auto& place : places)
        made.push_back({{"place", place.number}, {"strategy", table.rows()[place.index].strategy}});
    return made;
}

}  // namespace

std::string table_csv(const published_table& table) {
    std::string csv = "strategy,metric,n,mean,sd,ci_lower,ci_upper\n";
    for (const auto& row : table.rows()) {
        csv += csv_line(row.strategy, "success_rate_pct", row.success_pct);
        csv += csv_line(row.strategy, "duration_s", row.duration_s);
    }
    return csv;
}

std::string table_json(const published_table& table) {
    json::array strategies;
    for (const auto& row : table.rows())
        strategies.push_back({{"strategy", row.strategy},
                              {"n", row.success_pct.n},
                              {"success_rate_pct", estimate_json(row.success_pct)},
                              {"duration_s", estimate_json(row.duration_s)}});
    return json_text(json::object{{"confidence", table.confidence()},
                                  {"strategies", strategies},
                                  {"rankings",
                                   {{"success_rate_pct", ranking_json(table, table.by_success())},
                                    {"duration_s", ranking_json(table, table.by_duration())}}}});
}

}  // namespace dibs::report
