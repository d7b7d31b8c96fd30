#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dibs::report::html {
namespace {

namespace json = boost::json;

std::vector<std::string> distinct(const json::array& in, std::string_view pointer) {
    std::vector<std::string> found;
    for (const auto& one : in)
        if (auto text = text_at(one, pointer); std::ranges::find(found, text) == found.end())
            found.push_back(std::move(text));
    return found;
}

std::string verdict_of(const json::array& matrix, const std::string& fault, const std::string& algorithm) {
    for (const auto& cell : matrix)
        if (text_at(cell, "/fault") == fault && text_at(cell, "/algorithm") == algorithm)
            return text_at(cell, "/verdict");
    return "–";
}

/// The table of `dibs measure` and of `dibs bench --claims`, whose JSON has one form.
table figures_table(const json::value& file, std::string caption) {
    table made{std::move(caption), {{"Figure", "Unit", "Value", "Floor", "Ratio", "Spread", "Goal"}}};
    for (const auto& [name, figure] : object_at(file, "/metrics")) {
        auto goal = text_at(figure, "/goal");
        if (!goal.empty() && member_at(figure, "/met") != nullptr)
            goal += is_set_at(figure, "/met") ? ", met" : ", NOT met";
        made.rows.push_back({name, text_at(figure, "/unit"), or_dash(number_at(figure, "/value")),
                             or_dash(number_at(figure, "/floor")), or_dash(number_at(figure, "/ratio")),
                             or_dash(number_at(figure, "/spread"), percent), goal.empty() ? "–" : goal});
    }
    return made;
}

}  // namespace

section torture_section(const bench_results& of) {
    section made{"torture", "Under faults"};
    const auto& matrix = list_at(of.torture, "/matrix");
    if (matrix.empty()) {
        made.missing =
            "Not in this folder: `dibs torture --json DIR/torture.json` says which lock held under which "
            "fault.";
        return made;
    }
    const auto algorithms = distinct(matrix, "/algorithm");
    table verdicts{"What each lock did under each fault", {{"Fault"}}, false};
    for (const auto& name : algorithms) verdicts.rows.front().push_back(name);
    for (const auto& fault : distinct(matrix, "/fault")) {
        std::vector<std::string> row{fault};
        for (const auto& name : algorithms) row.push_back(verdict_of(matrix, fault, name));
        verdicts.rows.push_back(std::move(row));
    }
    made.tables.push_back(std::move(verdicts));
    return made;
}

section measure_section(const bench_results& of) {
    section made{"measure", "The locks against their floors"};
    if (object_at(of.measure, "/metrics").empty())
        made.missing =
            "Not in this folder: `dibs measure --json DIR/measure.json` measures the locks against the "
            "plainest means.";
    else
        made.tables.push_back(figures_table(
            of.measure, "Medians; the floor is the same by the plainest means, in the same run"));
    return made;
}

section claims_section(const bench_results& of) {
    section made{"claims", "The service against its floors"};
    if (object_at(of.claims, "/metrics").empty())
        made.missing =
            "Not in this folder: `dibs bench --claims --json DIR/claims.json` measures how fast the service "
            "issues.";
    else
        made.tables.push_back(
            figures_table(of.claims, "Medians; the floor is the same without the service, in the same run"));
    return made;
}

}  // namespace dibs::report::html
