#include "report/k6/k6_text.hpp"

#include "report/k6/k6_format.hpp"
#include "report/k6/k6_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <vector>

namespace dibs::report {
namespace {

using namespace std::literals;

constexpr std::string_view indent = "    ";

enum class section { custom, http, execution, network, count };

constexpr std::array<std::string_view, 4> headings{"CUSTOM", "HTTP", "EXECUTION", "NETWORK"};

struct prefix {
    std::string_view begins;
    section in;
};

/// k6 goes by the beginning of the name. "count" stands for: not shown in the text.
constexpr std::array prefixes{prefix{"checks", section::count},
                              prefix{"group_duration", section::count},
                              prefix{"http_req", section::http},
                              prefix{"vus", section::execution},
                              prefix{"iterations", section::execution},
                              prefix{"iteration_duration", section::execution},
                              prefix{"dropped_iterations", section::execution},
                              prefix{"data_sent", section::network},
                              prefix{"data_received", section::network}};

section section_of(const stats::metric_name& name) {
    for (const auto& known : prefixes)
        if (name.base().starts_with(known.begins)) return known.in;
    return section::custom;
}

/// `p(95)=148.21ms`
std::string observed_text(const stats::run_summary& run, const stats::threshold_result& threshold) {
    const auto metric = run.metrics.find(threshold.metric);
    if (!threshold.observed || metric == run.metrics.end()) return "no samples";
    const auto& [unit, values] = metric->second;
    if (std::holds_alternative<stats::rate_values>(values))
        return fmt::format("{}={}", threshold.wanted.left, format_percentage(*threshold.observed));
    const bool per_second = std::holds_alternative<stats::counter_values>(values) &&
                            threshold.wanted.of == stats::aggregate::rate;
    return fmt::format("{}={}{}", threshold.wanted.left, format_value(*threshold.observed, unit),
                       per_second ? "/s" : "");
}

void write_threshold_lines(std::string& text, const stats::run_summary& run, const stats::metric_name& metric,
                           std::string_view margin) {
    for (const auto& threshold : run.thresholds) {
        if (threshold.metric != metric) continue;
        const auto mark = threshold.outcome == stats::verdict::met ? "✓"sv : "✗"sv;
        text +=
            fmt::format("{}{} '{}' {}\n", margin, mark, threshold.wanted.text, observed_text(run, threshold));
    }
    text += "\n";
}

/// A submetric stands indented under its parent, if that has thresholds too.
void write_thresholds(std::string& text, const stats::run_summary& run) {
    std::vector<stats::metric_name> metrics;
    for (const auto& threshold : run.thresholds) metrics.push_back(threshold.metric);
    std::sort(metrics.begin(), metrics.end());
    metrics.erase(std::unique(metrics.begin(), metrics.end()), metrics.end());
    text += "\n  █ THRESHOLDS \n\n";
    for (const auto& metric : metrics) {
        const bool under_parent =
            metric.is_submetric() && std::binary_search(metrics.begin(), metrics.end(), metric.parent());
        const std::string margin(under_parent ? 6 : 4, ' ');
        text += margin + (under_parent ? fmt::format("{{{}}}", metric.tags_text()) : metric.text()) + "\n";
        write_threshold_lines(text, run, metric, margin);
    }
}

void write_check_totals(std::string& text, const stats::run_summary& run) {
    stats::rate_values sum;
    for (const auto& check : run.checks) {
        sum.passes += check.passes;
        sum.fails += check.fails;
    }
    const auto total = static_cast<double>(sum.passes + sum.fails);
    const double seconds = std::chrono::duration<double>(run.duration).count();
    const std::array rows{
        counter_row("checks_total", {total, seconds > 0 ? total / seconds : 0}, stats::unit::plain),
        rate_row("checks_succeeded", sum), rate_row("checks_failed", {sum.fails, sum.passes})};
    const k6_alignment alignment(rows);
    for (const auto& row : rows) text += fmt::format("{}{}\n", indent, alignment.line(row));
    text += "\n";
}

void write_checks(std::string& text, const stats::run_summary& run) {
    if (run.checks.empty()) return;
    write_check_totals(text, run);
    for (const auto& check : run.checks) {
        text += fmt::format("{}{} {}\n", indent, check.fails == 0 ? "✓" : "✗", check.name);
        if (check.fails > 0)
            text += fmt::format("{}  ↳  {}% — ✓ {} / ✗ {}\n", indent,
                                floored_percentage(check.passes, check.fails), check.passes, check.fails);
    }
    text += "\n";
}

void write_metrics(std::string& text, const stats::run_summary& run) {
    std::array<std::vector<k6_row>, headings.size()> sections;
    std::vector<k6_row> all;
    for (const auto& [name, metric] : run.metrics) {
        const auto in = static_cast<std::size_t>(section_of(name));
        if (in >= sections.size()) continue;
        sections.at(in).push_back(row_of(name, metric));
        all.push_back(sections.at(in).back());
    }
    const k6_alignment alignment(all);
    for (std::size_t i = 0; i < sections.size(); ++i) {
        if (sections.at(i).empty()) continue;
        text += fmt::format("{}{}\n", indent, headings.at(i));
        for (const auto& row : sections.at(i)) text += fmt::format("{}{}\n", indent, alignment.line(row));
        text += "\n";
    }
}

}  // namespace

std::string k6_text(const stats::run_summary& run) {
    std::string text = "\n";
    if (!run.thresholds.empty()) write_thresholds(text, run);
    text += "\n  █ TOTAL RESULTS \n\n";
    write_checks(text, run);
    write_metrics(text, run);
    return text + "\n\n";
}

}  // namespace dibs::report
