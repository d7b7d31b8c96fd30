#include "report/html/numbers.hpp"
#include "report/html/standings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dibs::report::html {
namespace {

using interval = std::optional<stats::interval>;

/// `7.34 (7.19 to 7.49)`.
std::string with_interval(double value, const interval& around, std::string (*as)(double)) {
    if (!around || around->lower == around->upper) return as(value);
    // Two runs that differ give an interval from nothing to anything.
    if (around->lower > 0 && around->upper > 1000 * around->lower) return as(value) + " (too few runs)";
    return fmt::format("{} ({} to {})", as(value), as(around->lower), as(around->upper));
}

std::string hundredths(double percentage) {
    return fmt::format("{:.2f}", std::floor(percentage * 100 + 1e-9) / 100);
}

/// An interval of a mean may go beyond what a share can be.
interval within_100(const interval& of) {
    if (!of) return of;
    return stats::interval{std::max(of->lower, 0.0), std::min(of->upper, 100.0)};
}

bool is_out(const comparison_row& row) { return row.wrong && !qualifies(*row.wrong); }

/// Over the first: exact where the comparison has it, and otherwise of what is printed beside it.
double ratio_of(const comparison_row& row, const comparison_row& first) {
    return row.to_best ? row.to_best->estimate : row.p95_ms / first.p95_ms;
}

interval ratio_interval(const comparison_row& row) {
    if (!row.to_best) return std::nullopt;
    return row.to_best->confidence;
}

std::vector<std::string> line_of(const comparison_row& row, const comparison_row& first,
                                 const std::optional<double>& all_p95) {
    return {row.strategy,
            is_out(row)           ? "disqualified"
            : row.letters.empty() ? "–"
                                  : row.letters,
            with_interval(row.success_pct, within_100(row.success_interval), hundredths),
            with_interval(row.p95_ms, row.p95_interval, short_number),
            &row == &first ? "1" : with_interval(ratio_of(row, first), ratio_interval(row), short_number),
            or_dash(all_p95)};
}

boost::json::value bound(const interval& of, double stats::interval::*which) {
    return of ? plotted((*of).*which) : boost::json::value();
}

chart ratios_of(const std::vector<comparison_row>& rows) {
    const auto& first = rows.front();
    chart made{
        "ratios",
        fmt::format("How many times as long as {} does each strategy take?", first.strategy),
        "The p95 of claims over that of the first, on a logarithmic axis: the mark is the estimate, the bar "
        "its "
        "95 % interval, simultaneous over all pairs. Strategies that share a letter cannot be told apart.",
        {{"strategy", "Strategy"},
         {"ratio", "Ratio"},
         {"lower", "From"},
         {"upper", "To"},
         {"p95", "p95 of claims (ms)"},
         {"letters", "Ties"}}};
    for (const auto& row : rows)
        made.rows.push_back({row.strategy, plotted(ratio_of(row, first)),
                             bound(ratio_interval(row), &stats::interval::lower),
                             bound(ratio_interval(row), &stats::interval::upper), plotted(row.p95_ms),
                             is_out(row) ? "disqualified" : row.letters});
    made.settings["axis"] = fmt::format("p95 of claims, times that of {}", first.strategy);
    return made;
}

std::optional<double> all_p95_of(const std::string& strategy, const bench_results& results) {
    const auto found = std::ranges::find(results.strategies, strategy, &bench_strategy::name);
    return found == results.strategies.end() ? std::nullopt : mean_at(*found, "/p95_ms");
}

}  // namespace

section ranking_section(const comparison_table& standings, const bench_results& results) {
    section made{"ranking", "The ranking"};
    made.tables_first = true;
    const auto& rows = standings.rows;
    if (rows.empty()) {
        made.missing = "The runs of this folder have no p95 of their claims.";
        return made;
    }
    table places{
        "p95 of claims, all attempts, geometric mean over the runs. In brackets intervals of 95 %, those of "
        "ratios "
        "simultaneous over all pairs. Who shares a letter ties.",
        {{"Strategy", "Ties", "Success (%)", "p95 of claims (ms)", "Times the first",
          "p95 of all requests (ms)"}}};
    for (const auto& row : rows)
        places.rows.push_back(line_of(row, rows.front(), all_p95_of(row.strategy, results)));
    made.tables.push_back(std::move(places));
    if (rows.size() > 1) made.charts.push_back(ratios_of(rows));
    return made;
}

}  // namespace dibs::report::html
