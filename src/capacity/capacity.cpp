#include "capacity/capacity.hpp"

#include "report/markdown.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace dibs::capacity {
namespace {

using rows = std::vector<std::vector<std::string>>;

std::string milliseconds(double value) { return fmt::format("{:.{}f}", value, value < 10 ? 2 : 1); }

/// All steps at one rate as one line: noisy ones are shown, not chosen from.
std::string held_share(const std::vector<step>& same_rate) {
    const auto held = std::ranges::count(same_rate, outcome::held, &step::what);
    const auto limited = std::ranges::count(same_rate, outcome::generator_limited, &step::what);
    const auto disturbed = std::ranges::count(same_rate, outcome::disturbed, &step::what);
    return fmt::format("{} of {}{}{}", held, same_rate.size(), limited > 0 ? ", generator-limited" : "",
                       disturbed > 0 ? fmt::format(", {} disturbed", disturbed) : "");
}

/// By p99; of two the slower.
const step& middle_of(std::vector<step>& same_rate) {
    std::ranges::sort(same_rate, {}, &step::p99_ms);
    return same_rate[same_rate.size() / 2];
}

std::string curve(const strategy_capacity& of) {
    std::map<double, std::vector<step>> by_rate;
    for (const auto& one : of.steps) by_rate[one.rate].push_back(one);
    rows lines{{"claims/s", "issued/s", "p50 ms", "p95 ms", "p99 ms", "dropped", "failures", "held"}};
    for (auto& [rate, steps] : by_rate) {
        const auto& shown = middle_of(steps);
        lines.push_back({fmt::format("{:.0f}", rate), fmt::format("{:.0f}", shown.issued_per_s),
                         milliseconds(shown.p50_ms), milliseconds(shown.p95_ms), milliseconds(shown.p99_ms),
                         std::to_string(shown.dropped), std::to_string(shown.failures), held_share(steps)});
    }
    return fmt::format("\n{}\n\n{}", of.strategy, report::markdown_table(lines));
}

/// The middle one of the steps that held the median rate; empty: none did.
std::optional<step> at_median(const strategy_capacity& of) {
    std::vector<step> held;
    for (const auto& one : of.steps)
        if (one.rate == of.median() && one.what == outcome::held) held.push_back(one);
    return held.empty() ? std::nullopt : std::optional(middle_of(held));
}

std::vector<std::string> summary_line(const strategy_capacity& of) {
    const auto seen = at_median(of);
    if (!seen) return {of.strategy, "none held", "-", "-", "-", "-", "-"};
    const auto [lowest, highest] = std::ranges::minmax(of.repeats);
    return {of.strategy,
            fmt::format("{}{:.0f}", of.at_least ? "at least " : "", of.median()),
            fmt::format("{:.0f} to {:.0f}", lowest, highest),
            fmt::format("{:.0f}", seen->issued_per_s),
            milliseconds(seen->p50_ms),
            milliseconds(seen->p95_ms),
            milliseconds(seen->p99_ms)};
}

}  // namespace

/// The lower of two middles: a rate that was tried.
double strategy_capacity::median() const {
    if (repeats.empty()) return 0;
    auto sorted = repeats;
    std::ranges::sort(sorted);
    return sorted[(sorted.size() - 1) / 2];
}

double strategy_capacity::goodput() const {
    const auto seen = at_median(*this);
    return seen ? seen->issued_per_s : 0;
}

boost::json::object json_of(const capacity_run& found) {
    boost::json::object strategies;
    for (const auto& of : found.strategies) {
        if (of.repeats.empty()) continue;
        const auto [lowest, highest] = std::ranges::minmax(of.repeats);
        strategies[of.strategy] = {
            {"rate", {{"median", of.median()}, {"lowest", lowest}, {"highest", highest}}},
            {"at_least", of.at_least},
            {"goodput_per_s", of.goodput()},
            {"repeats", boost::json::array(of.repeats.begin(), of.repeats.end())},
            {"curve", curve_json(of.steps)}};
    }
    return {{"p99_ms", found.p99_ms},
            {"step_s", found.step_s},
            {"precision", found.precision},
            {"connections", found.connections},
            {"strategies", std::move(strategies)}};
}

std::string table(const capacity_run& found) {
    auto sorted = found.strategies;
    std::ranges::stable_sort(sorted, std::ranges::greater(), &strategy_capacity::median);
    rows lines{{"", "claims/s held", "over the searches", "issued/s", "p50 ms", "p95 ms", "p99 ms"}};
    for (const auto& of : sorted) lines.push_back(summary_line(of));
    auto text = report::markdown_table(lines);
    for (const auto& of : sorted) text += curve(of);
    return text;
}

}  // namespace dibs::capacity
