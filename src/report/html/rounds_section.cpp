#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

namespace dibs::report::html {

section rounds_section(const bench_results& of) {
    section made{"rounds", "Round by round"};
    chart course{
        "rounds",
        "Did the machine change while it was measured?",
        "The 95th percentile of each run's claims by round, on a logarithmic axis. Each round runs every "
        "strategy "
        "once, in a random order; lines that rise or fall together say that the machine changed, and the "
        "comparison takes that out.",
        {{"strategy", "Strategy"},
         {"round", "Round"},
         {"position", "Place in its round"},
         {"p95", "p95 of claims (ms)"},
         {"stolen", "CPU stolen (s)"}}};
    for (const auto& one : of.strategies)
        for (const auto& run : one.runs)
            if (const auto p95 = number_at(run.listed, "/claim_p95_ms"))
                course.rows.push_back({one.name, run.round,
                                       run.position == 0 ? boost::json::value() : run.position, plotted(p95),
                                       plotted(number_at(run.file, "/dibs/cpu_s/stolen"))});
    if (of.rounds() < 2 || course.rows.empty())
        made.missing = "One round shows no course: `dibs bench --rounds 10` runs more.";
    else
        made.charts.push_back(std::move(course));
    return made;
}

}  // namespace dibs::report::html
