#pragma once

#include "report/published/published_table.hpp"

#include <string>
#include <vector>

namespace dibs::report {

/// The runs of one strategy, in the order of their rounds, each as k6_text made it.
struct strategy_texts {
    std::string strategy;
    std::vector<std::string> runs;
};

/// Whether the users of a bench signed up with a password, as the published ones did.
enum class registration { guests, with_passwords };

struct bench_document {
    /// Lines above the table, as Markdown: profile, seed, machine.
    std::vector<std::string> remarks;
    std::vector<strategy_texts> strategies;
    /// What can be said of the strategies beyond the published table, as Markdown; empty: nothing.
    std::string comparison = {};
    registration signed_up = registration::guests;
    language in = language::english;
    double confidence = 0.95;
};

/// report.md, in the form of the published document: table, rankings, every run's summary. The table is
/// taken from the summaries' text and so is, to the letter, what `dibs stats report.md` prints. Throws
/// unreadable where a text is no whole summary.
std::string bench_report(const bench_document& document);

}  // namespace dibs::report
