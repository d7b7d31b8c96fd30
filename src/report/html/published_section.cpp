#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"
#include "report/published/published_means.hpp"

#include <fmt/format.h>

namespace dibs::report::html {
namespace {

void add_pair(section& into, const published_mean& theirs, const bench_strategy& own) {
    const auto success = mean_at(own, "/success_rate");
    const auto p95 = mean_at(own, "/p95_ms");
    into.tables.front().rows.push_back({own.name, percent(theirs.success_pct / 100),
                                        or_dash(success, percent), milliseconds(theirs.duration_s * 1000),
                                        or_dash(p95, milliseconds)});
    into.charts.front().rows.push_back(
        {own.name, "published", theirs.duration_s * 1000, theirs.success_pct / 100});
    into.charts.front().rows.push_back({own.name, "here", plotted(p95), plotted(success)});
}

bool with_passwords(const bench_results& of) {
    return is_set_at(of.summary, "/scenario/with_password") ||
           (!of.strategies.empty() &&
            is_set_at(of.strategies.front().runs.front().file, "/dibs/with_password"));
}

std::string differences(const bench_results& of) {
    return fmt::format(
        "The published workload: k6, users from 1 over 20 to 100 and back in 80 s, five runs, about 1,100 "
        "iterations each, "
        "{} Here: profile `{}`, {} a strategy{}. Other machine, other service, other locks: the two columns "
        "cannot be "
        "compared as a race, only as what the same scenario felt like.",
        with_passwords(of) ? "with a sign-up by password, as here."
                           : "which included a sign-up with a password that the server has to hash; here "
                             "users sign up as guests.",
        text_at(of.summary, "/profile"), counted(static_cast<double>(of.rounds()), "run"),
        text_at(of.summary, "/profile") == "published" ? "" : ", with stages of its own (see below)");
}

}  // namespace

section published_section(const bench_results& of) {
    section made{"published", "Beside the published numbers"};
    made.tables.push_back(
        {"Means over the runs; p95 of all requests, as published",
         {{"Strategy", "Success, published", "Success, here", "p95, published", "p95, here"}}});
    made.charts.push_back(
        {"published",
         "The same scenario, published and here",
         "95th percentile of all requests, mean over the runs, on a logarithmic axis: the hollow mark as "
         "published, the filled one here. The workloads differ: see below.",
         {{"strategy", "Strategy"}, {"where", "Where"}, {"p95", "p95 (ms)"}, {"success", "Success"}}});
    for (const auto& theirs : published_means)
        for (const auto& own : of.strategies)
            if (own.name == theirs.strategy) add_pair(made, theirs, own);
    if (made.charts.front().rows.empty()) {
        made.tables.clear();
        made.charts.clear();
        made.missing =
            "None of the published strategies is in this folder: `dibs bench --profile published` runs them.";
        return made;
    }
    made.paragraphs.push_back(differences(of));
    return made;
}

}  // namespace dibs::report::html
