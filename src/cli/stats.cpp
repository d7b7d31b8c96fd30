#include "cli/commands.hpp"
#include "cli/say.hpp"
#include "core/atomic_file.hpp"
#include "report/comparison/comparison_table.hpp"
#include "report/json_text.hpp"
#include "report/published/published_table.hpp"
#include "report/results.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dibs::cli {
namespace {

struct stats_flags {
    std::vector<std::string> sources;
    std::string strategy;
    std::string format = "md";
    std::string language = "en";
    double confidence = 0.95;
    bool compare = false;
    std::string json;
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

/// What stats prints, in the format that was asked for or in JSON.
class printed_results {
   public:
    explicit printed_results(const stats_flags& flags) : flags_(flags) {}

    void add(report::single_run&& run) {
        if (flags_.compare)
            kept_.push_back(std::move(run));
        else  // a table of means needs no more
            means_.add(run.strategy, run.figures);
    }

    std::string in(std::string_view format) const {
        return flags_.compare ? comparison_in(format) : table_in(format);
    }

   private:
    std::string table_in(std::string_view format) const {
        const report::published_table table(means_, flags_.confidence);
        if (format == "csv") return table_csv(table);
        if (format == "json") return table_json(table);
        return table_markdown(table,
                              flags_.language == "ko" ? report::language::korean : report::language::english);
    }

    /// By the p95 of requests, and by that of claims where the runs say it.
    std::string comparison_in(std::string_view format) const {
        using report::compared_metric;
        const auto requests = compare_runs(kept_, compared_metric::requests, flags_.confidence);
        const auto claims = compare_runs(kept_, compared_metric::claims, flags_.confidence);
        if (format == "json") {
            boost::json::array tables{comparison_json(requests)};
            if (!claims.rows.empty()) tables.emplace_back(comparison_json(claims));
            return report::json_text(boost::json::object{{"comparisons", std::move(tables)}});
        }
        auto text = comparison_markdown(requests);
        if (!claims.rows.empty()) text += "\n" + comparison_markdown(claims);
        return text;
    }

    const stats_flags& flags_;
    report::run_collection means_;
    std::vector<report::single_run> kept_;
};

int run(const stats_flags& flags) {
    std::optional<atomic_file> json;
    if (!flags.json.empty()) json.emplace(flags.json);
    std::vector<report::result_source> sources;
    for (const auto& argument : flags.sources) sources.push_back(source_from(argument, flags));
    printed_results results(flags);
    const auto notes =
        report::read_runs(sources, [&](report::single_run&& run) { results.add(std::move(run)); });
    for (const auto& note : notes) say("dibs: note: {}\n", note);
    if (json) json->keep(results.in("json"));
    fmt::print("{}", results.in(flags.format));
    return success;
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
    stats->add_option("--json", flags->json, "Write the figures there as well")->type_name("FILE");
    stats->add_flag(
        "--compare", flags->compare,
        "Compare the strategies in place of that table: ratios, ties, what chance does; md or json");
    stats->add_option("--confidence", flags->confidence, "Of the intervals (default: 0.95)")
        ->type_name("SHARE")
        ->check(CLI::Range(0.01, 0.9999));
    stats->add_option("--lang", flags->language, "Of headings and rankings (default: en)")
        ->type_name("en|ko")
        ->check(CLI::IsMember({"en", "ko"}));
    stats->footer(
        "A FILE is a log of k6 end-of-test summaries (text, under headings '## NAME', or of one strategy\n"
        "and given as NAME=FILE or with --strategy), a report.md, a JSON file of k6 --summary-export or of\n"
        "dibs, or a folder that dibs bench wrote. A text's success rate is the percentage at its threshold\n"
        "on coupon_issue_success_rate, its duration the p(95) at its threshold on http_req_duration.\n"
        "Intervals are Student's t with the exact quantile. JSON has all digits, the others two decimals.\n"
        "--compare takes the runs of a bench by rounds, those of logs as they are, and says what they can\n"
        "show: docs/statistics.md.\n"
        "Examples:\n"
        "  dibs stats results/report.md\n"
        "  dibs stats --compare results/20261128-120000\n"
        "  dibs stats --format csv queue=run1.txt queue=run2.txt redlock=run3.txt");
    stats->callback([flags, &status] {
        if (flags->compare && flags->format == "csv")
            throw CLI::ValidationError("--compare", "is printed as md or json, not as csv");
        status = run(*flags);
    });
}

}  // namespace dibs::cli
