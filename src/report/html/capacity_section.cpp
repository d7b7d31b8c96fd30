#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dibs::report::html {
namespace {

namespace json = boost::json;

struct held_rate {
    std::string strategy;
    double rate = 0;
    const json::value* found = nullptr;
};

std::vector<held_rate> fastest_first(const json::value& capacity) {
    std::vector<held_rate> held;
    for (const auto& [name, found] : object_at(capacity, "/strategies"))
        held.push_back({name, number_at(found, "/rate/median").value_or(0), &found});
    std::ranges::stable_sort(held, std::greater{}, &held_rate::rate);
    return held;
}

std::string finding(const std::vector<held_rate>& held, double limit) {
    return fmt::format("{} holds the most: {} claims a second with a p99 below {} ms", held.front().strategy,
                       short_number(held.front().rate), plain_number(limit));
}

void add_curve_of(chart& into, const held_rate& one) {
    for (const auto& step : list_at(*one.found, "/curve"))
        into.rows.push_back({one.strategy, plotted(number_at(step, "/rate")),
                             plotted(number_at(step, "/issued_per_s")), plotted(number_at(step, "/p50_ms")),
                             plotted(number_at(step, "/p95_ms")), plotted(number_at(step, "/p99_ms")),
                             plotted(number_at(step, "/dropped")), is_set_at(step, "/held")});
}

}  // namespace

section capacity_section(const bench_results& of) {
    section made{"capacity", "Capacity"};
    const auto held = fastest_first(of.capacity);
    if (held.empty()) {
        made.missing =
            "Not searched: `dibs bench --capacity --p99 50ms` finds the highest rate that each strategy "
            "holds. "
            "Users who wait for an answer before they ask again cannot show it.";
        return made;
    }
    const double limit = number_at(of.capacity, "/p99_ms").value_or(50);
    chart curve{
        "capacity",
        finding(held, limit),
        "99th percentile of the claims against the rate at which they were sent, both logarithmic. A filled "
        "mark is a rate that was held for the whole step, a hollow one was not; the dashed line is the "
        "limit.",
        {{"strategy", "Strategy"},
         {"rate", "Offered (claims/s)"},
         {"issued", "Issued/s"},
         {"p50", "p50 (ms)"},
         {"p95", "p95 (ms)"},
         {"p99", "p99 (ms)"},
         {"dropped", "Dropped"},
         {"held", "Held"}}};
    curve.settings["limit"] = limit;
    table rates{fmt::format("Highest rate held for {} s with p99 below {} ms",
                            plain_number(number_at(of.capacity, "/step_s").value_or(0)), plain_number(limit)),
                {{"Strategy", "Claims/s, median", "Lowest to highest", "Issued/s", "Repeats"}}};
    for (const auto& one : held) {
        add_curve_of(curve, one);
        const auto* const bound = is_set_at(*one.found, "/at_least") ? "at least " : "";
        rates.rows.push_back({one.strategy, bound + short_number(one.rate),
                              fmt::format("{} to {}", or_dash(number_at(*one.found, "/rate/lowest")),
                                          or_dash(number_at(*one.found, "/rate/highest"))),
                              or_dash(number_at(*one.found, "/goodput_per_s")),
                              count_text(static_cast<double>(list_at(*one.found, "/repeats").size()))});
    }
    made.tables.push_back(std::move(rates));
    if (!curve.rows.empty()) made.charts.push_back(std::move(curve));
    if (const auto command = text_at(of.capacity, "/command"); !command.empty())
        made.paragraphs.push_back(fmt::format("Made by `{}`.", command));
    return made;
}

}  // namespace dibs::report::html
