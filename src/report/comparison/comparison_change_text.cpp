#include "report/comparison/comparison_change.hpp"
#include "report/comparison/comparison_table.hpp"
#include "report/markdown.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace dibs::report {
namespace {

namespace json = boost::json;

std::string_view verdict_text(stats::change_verdict of) {
    switch (of) {
        case stats::change_verdict::better: return "better";
        case stats::change_verdict::worse: return "worse";
        case stats::change_verdict::none_seen: return "no difference seen";
        case stats::change_verdict::not_enough: return "not enough runs";
    }
    return "";
}

std::string change_text(const metric_change& of, double value) {
    if (of.taken.on == stats::scale::difference) return fmt::format("{:+.2f} points", value);
    return fmt::format("{:+.1f} %", (value - 1) * 100);
}

std::string interval_text(const metric_change& of) {
    const auto& range = of.found.confidence;
    if (!range) return "-";
    // four powers of ten say only that there were too few runs
    if (of.taken.on == stats::scale::ratio && !(range->upper < 1e4 * range->lower)) return "unknown";
    return fmt::format("{} to {}", change_text(of, range->lower), change_text(of, range->upper));
}

std::vector<std::string> cells_of(const strategy_change& one, const metric_change& change) {
    const auto& found = change.found;
    return {escaped_cell(one.strategy),
            std::string(change.metric),
            fmt::format("{:.4g}", found.before),
            fmt::format("{:.4g}", found.after),
            found.estimate ? change_text(change, *found.estimate) : "-",
            interval_text(change),
            fmt::format("{}, {}", found.runs_before, found.runs_after),
            std::string(verdict_text(found.says))};
}

std::string remarks_as_markdown(const change_table& table) {
    std::string text;
    for (const auto& one : table.strategies) {
        if (!one.in_after) text += fmt::format("- {} is only in A.\n", one.strategy);
        if (!one.in_before) text += fmt::format("- {} is only in B.\n", one.strategy);
        if (one.wrong_before && !qualifies(*one.wrong_before))
            text += fmt::format("- {} issued wrongly in A: {}.\n", one.strategy, describe(*one.wrong_before));
        if (one.wrong_after && !qualifies(*one.wrong_after))
            text += fmt::format("- {} issued wrongly in B: {}.\n", one.strategy, describe(*one.wrong_after));
        for (const auto& [metric, taken, found] : one.metrics)
            if (found.nothing_before + found.nothing_after > 0)
                text += fmt::format("- {} of {} is 0 in {} of A's runs and {} of B's: they have no ratio.\n",
                                    metric, one.strategy, found.nothing_before, found.nothing_after);
    }
    for (const auto& remark : table.remarks) text += fmt::format("- {}.\n", remark);
    return text;
}

json::object metric_json(const metric_change& of) {
    const auto& found = of.found;
    const bool ratio = of.taken.on == stats::scale::ratio;
    json::object made{{"before", found.before},
                      {"after", found.after},
                      {"scale", ratio ? "ratio" : "difference"},
                      {"change", nullptr},
                      {"interval", nullptr},
                      {"runs_before", found.runs_before},
                      {"runs_after", found.runs_after},
                      {"nothing_before", found.nothing_before},
                      {"nothing_after", found.nothing_after},
                      {"verdict", verdict_text(found.says)}};
    if (found.estimate) made["change"] = *found.estimate;
    if (found.confidence) made["interval"] = json::array{found.confidence->lower, found.confidence->upper};
    return made;
}

}  // namespace

std::string change_markdown(const change_table& table) {
    std::vector<std::vector<std::string>> rows{
        {"Strategy", "Figure", "A", "B", "Change", "Interval", "Runs", "Verdict"}};
    for (const auto& one : table.strategies)
        for (const auto& change : one.metrics) rows.push_back(cells_of(one, change));
    auto text = fmt::format("## Change from A to B\n\n{}", markdown_table(rows));
    text += fmt::format(
        "\n- The intervals of one figure hold for all strategies together with {:g} % confidence (Welch, "
        "Bonferroni); change is B against A.\n",
        table.confidence * 100);
    return text + remarks_as_markdown(table);
}

json::object change_json(const change_table& table) {
    json::array strategies;
    for (const auto& one : table.strategies) {
        json::object metrics;
        for (const auto& change : one.metrics) metrics[change.metric] = metric_json(change);
        strategies.push_back({{"strategy", one.strategy},
                              {"in_a", one.in_before},
                              {"in_b", one.in_after},
                              {"wrong_a", wrongs_json(one.wrong_before)},
                              {"wrong_b", wrongs_json(one.wrong_after)},
                              {"metrics", std::move(metrics)}});
    }
    json::array remarks;
    for (const auto& remark : table.remarks) remarks.emplace_back(remark);
    return {{"confidence", table.confidence},
            {"strategies", std::move(strategies)},
            {"remarks", std::move(remarks)}};
}

}  // namespace dibs::report
