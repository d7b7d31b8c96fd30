#include "report/html/report.hpp"

#include "report/html/json_reading.hpp"
#include "report/html/sections.hpp"
#include "report/html/standings.hpp"

#include <fmt/format.h>

namespace dibs::report::html {
namespace {

std::string title_of(const bench_results& results) {
    const auto started = text_at(results.strategies.empty() ? results.capacity : results.summary, "/started");
    return fmt::format("Coupons under distributed locks{}{}", started.empty() ? "" : ", ",
                       started.substr(0, 10));
}

}  // namespace

document report_of(const bench_results& results) {
    document made;
    made.title = title_of(results);
    const auto places = standings_of(results);
    made.answer = answer(places, results);
    for (const auto& one : results.strategies) made.strategies.push_back(one.name);
    if (!results.strategies.empty()) made.sections.push_back(ranking_section(places, results));
    for (auto* const make :
         {latency_section, over_time_section, lock_section, capacity_section, outcomes_section,
          fairness_section, rounds_section, books_section, cost_section, published_section, torture_section,
          measure_section, claims_section, origin_section})
        made.sections.push_back(make(results));
    return made;
}

}  // namespace dibs::report::html
