#include "cli/commands.hpp"
#include "report/published_table.hpp"
#include "report/results.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace dibs::cli {
namespace {

struct stats_flags {
    std::vector<std::string> sources;
    std::string strategy;
    std::string format = "md";
    std::string language = "en";
    double confidence = 0.95;
};

/// FILE, or NAME=FILE where there is no file of that whole name.
report::result_source source_from(const std::string& argument, const stats_flags& flags) {
    report::result_source source;
    source.path = argument;
    if (!flags.strategy.empty()) source.strategy = flags.strategy;
    const auto equals = argument.find('=');
    if (equals == std::string::npos || equals == 0 || std::filesystem::exists(argument)) return source;
    source.strategy = argument.substr(0, equals);
    source.path = argument.substr(equals + 1);
    return source;
}

std::string rendered(const report::published_table& table, const stats_flags& flags) {
    if (flags.format == "csv") return table_csv(table);
    if (flags.format == "json") return table_json(table);
    return table_markdown(table,
                          flags.language == "ko" ? report::language::korean : report::language::english);
}

int run(const stats_flags& flags) {
    std::vector<report::result_source> sources;
    for (const auto& argument : flags.sources) sources.push_back(source_from(argument, flags));
    const auto results = report::read_results(sources);
    for (const auto& note : results.notes) fmt::print(stderr, "dibs: note: {}\n", note);
    fmt::print("{}", rendered(report::published_table(results.runs, flags.confidence), flags));
    return success;
}

std::string between_0_and_1(const std::string& text) {
    double value = 0;
    const bool is_number = CLI::detail::lexical_cast(text, value);
    return is_number && value > 0 && value < 1 ? ""
                                               : fmt::format("'{}' is not between 0 and 1, as 0.95", text);
}

}  // namespace

void add_stats(CLI::App& app, int& status) {
    auto flags = std::make_shared<stats_flags>();
    auto* stats =
        app.add_subcommand("stats", "Print the published experiment's table for the results of runs");
    stats->add_option("FILE", flags->sources, "Results of runs; see below")->required();
    stats
        ->add_option("--strategy", flags->strategy, "What all the runs are of, where the files do not say it")
        ->type_name("NAME");
    stats->add_option("--format", flags->format, "Of the table (default: md)")
        ->type_name("md|csv|json")
        ->check(CLI::IsMember({"md", "csv", "json"}));
    stats->add_option("--confidence", flags->confidence, "Of the intervals (default: 0.95)")
        ->type_name("SHARE")
        ->check(between_0_and_1);
    stats->add_option("--lang", flags->language, "Of headings and rankings (default: en)")
        ->type_name("en|ko")
        ->check(CLI::IsMember({"en", "ko"}));
    stats->footer(
        "A FILE is a log of k6 end-of-test summaries (text, under headings '## NAME', or of one strategy\n"
        "and given as NAME=FILE or with --strategy), a report.md, a JSON file of k6 --summary-export or of\n"
        "dibs, or a folder that dibs bench wrote. A text's success rate is the percentage at its threshold\n"
        "on coupon_issue_success_rate, its duration the p(95) at its threshold on http_req_duration.\n"
        "Intervals are Student's t with the exact quantile. JSON has all digits, the others two decimals.\n"
        "Examples:\n"
        "  dibs stats results/report.md\n"
        "  dibs stats --format csv queue=run1.txt queue=run2.txt redlock=run3.txt");
    stats->callback([flags, &status] { status = run(*flags); });
}

}  // namespace dibs::cli
