#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace dibs::report::html {
namespace {

namespace json = boost::json;

/// As load::to_string has them, and as people read them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> outcome_words{
    {{"issued", "issued"},
     {"sold_out", "sold out"},
     {"already_claimed", "already claimed"},
     {"lock_timeout", "lock time-out"},
     {"conflict", "conflict"},
     {"error", "error"},
     {"in_doubt", "in doubt"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> cost_parts{
    {{"service", "service"},
     {"postgresql", "PostgreSQL"},
     {"redis", "Redis"},
     {"generator", "load generator"}}};

double attempts_of(const bench_strategy& of) {
    double sum = 0;
    for (const auto& [key, word] : outcome_words) sum += sum_at(of, fmt::format("/dibs/outcomes/{}", key));
    return sum;
}

template <class Words>
json::array in_order(const Words& words) {
    json::array order;
    for (const auto& [key, word] : words) order.emplace_back(word);
    return order;
}

std::string outcome_finding(double issued, double attempts) {
    if (issued == attempts) return fmt::format("All {} were issued", counted(attempts, "claim"));
    return fmt::format("{} of {} were not issued", count_text(attempts - issued), counted(attempts, "claim"));
}

}  // namespace

section outcomes_section(const bench_results& of) {
    section made{"outcomes", "What became of the claims"};
    chart bars{"stacked",
               "",
               "For each strategy the share of its claims by outcome; the figure on the right counts those "
               "that were not "
               "issued.",
               {{"strategy", "Strategy"}, {"part", "Outcome"}, {"share", "Share"}, {"value", "Claims"}}};
    bars.settings["order"] = in_order(outcome_words);
    bars.settings["colors"] = {0, 1, 2, 3, 4, 5, 6};
    bars.settings["axis"] = "Share of claims";
    bars.settings["whole"] = true;
    json::object notes;
    double all = 0;
    double all_issued = 0;
    for (const auto& one : of.strategies) {
        const double attempts = attempts_of(one);
        if (attempts == 0) continue;
        for (const auto& [key, word] : outcome_words)
            if (const double count = sum_at(one, fmt::format("/dibs/outcomes/{}", key)); count > 0)
                bars.rows.push_back(
                    {one.name, json::string(word), plotted(count / attempts), plotted(count)});
        const double issued = sum_at(one, "/dibs/outcomes/issued");
        notes[one.name] = issued == attempts ? "all issued" : count_text(attempts - issued) + " not";
        all += attempts;
        all_issued += issued;
    }
    if (bars.rows.empty()) {
        made.missing = "No outcomes in this folder: its runs' files are missing.";
        return made;
    }
    bars.title = outcome_finding(all_issued, all);
    bars.settings["notes"] = std::move(notes);
    made.charts.push_back(std::move(bars));
    return made;
}

section cost_section(const bench_results& of) {
    section made{"cost", "What a claim costs"};
    chart bars{
        "stacked",
        "How much processor time does an issued claim take?",
        "Processor time of each part over the runs, divided by the claims issued; sign-ups are in it, too.",
        {{"strategy", "Strategy"}, {"part", "Part"}, {"value", "CPU a claim (ms)"}}};
    bars.settings["order"] = in_order(cost_parts);
    bars.settings["colors"] = {0, 2, 4, 1};
    bars.settings["axis"] = "CPU time an issued claim (ms)";
    bars.settings["whole"] = false;
    for (const auto& one : of.strategies) {
        const double issued = sum_at(one, "/dibs/outcomes/issued");
        if (issued == 0) continue;
        for (const auto& [key, word] : cost_parts)
            if (const auto pointer = fmt::format("/dibs/cpu_s/{}", key); any_has(one, pointer))
                bars.rows.push_back(
                    {one.name, json::string(word), plotted(1000 * sum_at(one, pointer) / issued)});
    }
    if (bars.rows.empty())
        made.missing =
            "No processor times in this folder: `dibs bench` keeps them for servers that it started itself.";
    else
        made.charts.push_back(std::move(bars));
    return made;
}

}  // namespace dibs::report::html
