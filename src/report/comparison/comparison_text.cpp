#include "report/comparison/comparison_table.hpp"
#include "report/markdown.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace dibs::report {
namespace {

namespace json = boost::json;

/// Three digits and more: 9.31, 93.1, 931, 1200.
std::string digits(double value) {
    return fmt::format("{:.{}f}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

std::string digits(const std::optional<double>& value) { return value ? digits(*value) : "-"; }

/// An interval that spans four powers of ten says only that there were too few runs.
bool says_nothing(const stats::interval& of) { return !(of.upper < 1e4 * of.lower); }

std::string with_interval(double value, const std::optional<stats::interval>& of) {
    if (!of) return digits(value);
    if (says_nothing(*of)) return digits(value) + " (unknown)";
    return fmt::format("{} ({} – {})", digits(value), digits(of->lower), digits(of->upper));
}

std::string success_cell(const comparison_row& row) {
    const auto& of = row.success_interval;
    auto mean = success_text(row);
    if (!of || of->lower == of->upper) return mean;
    return fmt::format("{} ({:.2f} – {:.2f})", mean, std::max(of->lower, 0.0), std::min(of->upper, 100.0));
}

std::string ratio_cell(const comparison_row& row) {
    if (!row.to_best) return row.letters.empty() ? "-" : "1";
    const auto& [lower, upper] = row.to_best->confidence;
    if (says_nothing(row.to_best->confidence)) return fmt::format("{:.2f} (unknown)", row.to_best->estimate);
    return fmt::format("{:.2f} ({:.2f} – {:.2f})", row.to_best->estimate, lower, upper);
}

std::string correctness_cell(const comparison_row& row) {
    if (!row.wrong) return "not said";
    return qualifies(*row.wrong) ? "exact" : "**" + describe(*row.wrong) + "**";
}

std::string rows_as_markdown(const comparison_table& table) {
    const bool claims = table.metric == compared_metric::claims;
    std::vector<std::string> heading{"Strategy",    "Ties",       "Runs",        "Success (%)", "p95 (ms)",
                                     "to the best", "merged p95", "mean of p95", "Books"};
    if (claims) heading.insert(heading.begin() + 7, "merged p95, issued");
    std::vector<std::vector<std::string>> cells{heading};
    for (const auto& row : table.rows) {
        cells.push_back({escaped_cell(row.strategy), row.letters.empty() ? "-" : row.letters,
                         fmt::format("{}", row.runs), success_cell(row),
                         with_interval(row.p95_ms, row.p95_interval), ratio_cell(row),
                         digits(row.merged_p95_ms), digits(row.mean_p95_ms), correctness_cell(row)});
        if (claims) cells.back().insert(cells.back().begin() + 7, digits(row.merged_issued_ms));
    }
    return markdown_table(cells);
}

json::value number_or_null(const std::optional<double>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

json::value interval_json(const std::optional<stats::interval>& of) {
    return of ? json::value{of->lower, of->upper} : json::value(nullptr);
}

json::object row_json(const comparison_row& row) {
    return {{"strategy", row.strategy},
            {"ranked", qualifies(row.wrong.value_or(stats::wrongs{}))},
            {"letters", row.letters},
            {"runs", row.runs},
            {"success_rate_pct", row.success_pct},
            {"success_rate_interval", interval_json(row.success_interval)},
            {"p95_ms", row.p95_ms},
            {"p95_interval", interval_json(row.p95_interval)},
            {"p95_mean_of_runs_ms", row.mean_p95_ms},
            {"p95_merged_ms", number_or_null(row.merged_p95_ms)},
            {"p95_merged_issued_ms", number_or_null(row.merged_issued_ms)},
            {"wrong", wrongs_json(row.wrong)}};
}

std::string_view spread_name(stats::spread of) {
    switch (of) {
        case stats::spread::common: return "common";
        case stats::spread::unclear: return "unclear";
        case stats::spread::own: return "own";
    }
    return "";
}

json::array pairs_json(const stats::comparison_result& compared) {
    json::array pairs;
    for (const auto& pair : compared.pairs)
        pairs.push_back({{"left", compared.treatments[pair.left].name},
                         {"right", compared.treatments[pair.right].name},
                         {"ratio", pair.estimate},
                         {"interval", interval_json(pair.confidence)},
                         {"told_apart", pair.separated}});
    return pairs;
}

}  // namespace

json::value wrongs_json(const std::optional<stats::wrongs>& counted) {
    if (!counted) return nullptr;
    return {{"oversold", counted->oversold},
            {"duplicates", counted->duplicates},
            {"lost", counted->lost},
            {"unexplained", counted->unexplained},
            {"miscounted", counted->miscounted}};
}

std::string comparison_markdown(const comparison_table& table) {
    const bool claims = table.metric == compared_metric::claims;
    std::string text = fmt::format("## Comparison by the p95 of {}\n\n{}\n", claims ? "claims" : "requests",
                                   rows_as_markdown(table));
    for (const auto& sentence : sentences_of(table)) text += fmt::format("- {}\n", sentence);
    return text;
}

json::object comparison_json(const comparison_table& table) {
    const auto& compared = table.compared;
    json::array rows;
    for (const auto& row : table.rows) rows.push_back(row_json(row));
    json::array said;
    for (const auto& sentence : sentences_of(table)) said.emplace_back(sentence);
    json::object made{{"metric", table.metric == compared_metric::claims ? "claim_p95_ms" : "p95_ms"},
                      {"confidence", compared.options.confidence},
                      {"rounds", compared.rounds},
                      {"rounds_left_out", compared.rounds_left_out},
                      {"enough", compared.enough()},
                      {"noise", spread_name(compared.noise)},
                      {"deviation", compared.deviation},
                      {"chance_one_pair", nullptr},
                      {"chance_any_pair", nullptr},
                      {"drift", nullptr},
                      {"strategies", rows},
                      {"pairs", pairs_json(compared)},
                      {"sentences", said}};
    if (compared.chance) {
        made["chance_one_pair"] = compared.chance->one_pair;
        made["chance_any_pair"] = compared.chance->any_pair;
    }
    if (compared.drift)
        made["drift"] = json::object{{"last_to_first", compared.drift->estimate},
                                     {"interval", interval_json(compared.drift->confidence)},
                                     {"seen", compared.drift->seen}};
    return made;
}

}  // namespace dibs::report
