#include "report/markdown.hpp"
#include "report/published/published_table.hpp"
#include "report/strategy_names.hpp"

#include <fmt/format.h>

#include <string_view>

namespace dibs::report {
namespace {

struct table_wording {
    std::string_view results;  ///< of the confidence in per cent
    std::string_view findings;
    std::string_view ranking;
    std::string_view deviation;
    std::string_view seconds;
    std::string_view single_run;
    std::string_view shared;  ///< of the place
};

constexpr table_wording table_english{"Statistical Results ({}% confidence interval)",
                                      "Key Findings",
                                      "ranking",
                                      "Std Dev",
                                      "s",
                                      "one run",
                                      "tied for place {}"};

constexpr table_wording table_korean{
    "통계 분석 결과 ({}% 신뢰구간)", "주요 발견사항", "순위", "표준편차", "초", "1회 측정", "공동 {}위"};

const table_wording& table_words(language in) {
    return in == language::korean ? table_korean : table_english;
}

/// Two decimals, and no minus at zero.
std::string decimals(double value) {
    auto text = fmt::format("{:.2f}", value);
    return text == "-0.00" ? "0.00" : text;
}

std::string decimals(const std::optional<double>& value) { return value ? decimals(*value) : "-"; }

/// 95 for 0.95, 99.9 for 0.999.
std::string percent(double confidence) { return fmt::format("{:.10g}", confidence * 100); }

std::vector<std::string> cells(const std::string& strategy, std::string metric, const estimate& of) {
    const auto& range = of.confidence;
    return {fmt::format("**{}**", escaped_cell(strategy)),
            std::move(metric),
            decimals(of.mean),
            decimals(of.deviation),
            range ? decimals(range->lower) : "-",
            range ? decimals(range->upper) : "-"};
}

struct measure {
    estimate strategy_estimates::*what;
    std::string_view unit_of_mean;   ///< behind each number
    std::string_view unit_of_range;  ///< behind the lower bound
};

/// `91.95% - 93.37%`, or that there is no spread, or no interval.
std::string spread(const estimate& of, const measure& shown, const published_table& table, language in) {
    if (!of.confidence) return std::string(table_words(in).single_run);
    if (*of.deviation == 0) return fmt::format("{}: 0.00", table_words(in).deviation);
    return fmt::format("{}% CI: {}{} - {}{}", percent(table.confidence()), decimals(of.confidence->lower),
                       shown.unit_of_range, decimals(of.confidence->upper), shown.unit_of_mean);
}

std::string ranking_list(const published_table& table, const std::vector<stats::place>& places,
                         const measure& shown, language in) {
    std::string list;
    for (const auto& place : places) {
        const auto& row = table.rows()[place.index];
        const auto& of = row.*shown.what;
        list += fmt::format("{}. **{}**: {}{} ({})", place.number, display_name(row.strategy),
                            decimals(of.mean), shown.unit_of_mean, spread(of, shown, table, in));
        if (place.shared) list += ", " + fmt::format(fmt::runtime(table_words(in).shared), place.number);
        list += "\n";
    }
    return list;
}

std::string main_table(const published_table& table) {
    const auto level = percent(table.confidence());
    std::vector<std::vector<std::string>> rows{
        {"Algorithm", "Metric", "Mean", "Std Dev", level + "% CI Lower", level + "% CI Upper"}};
    for (const auto& row : table.rows()) {
        rows.push_back(cells(row.strategy, "Success Rate (%)", row.success_pct));
        rows.push_back(cells(row.strategy, "Duration (s)", row.duration_s));
    }
    return markdown_table(rows);
}

}  // namespace

std::string table_markdown(const published_table& table, language in) {
    const auto& say = table_words(in);
    const measure success{&strategy_estimates::success_pct, "%", "%"};
    const measure duration{&strategy_estimates::duration_s, say.seconds, ""};
    return fmt::format(
        "## {}\n\n{}\n## {}\n\n### Success Rate {}\n\n{}\n### Duration (95th percentile) {}\n\n{}",
        fmt::format(fmt::runtime(say.results), percent(table.confidence())), main_table(table), say.findings,
        say.ranking, ranking_list(table, table.by_success(), success, in), say.ranking,
        ranking_list(table, table.by_duration(), duration, in));
}

}  // namespace dibs::report
