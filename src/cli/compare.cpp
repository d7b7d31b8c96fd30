#include "cli/commands.hpp"
#include "cli/say.hpp"
#include "core/atomic_file.hpp"
#include "core/file_text.hpp"
#include "report/comparison/comparison_change.hpp"
#include "report/comparison/comparison_setting.hpp"
#include "report/json_text.hpp"
#include "report/results.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dibs::cli {
namespace {

struct compare_flags {
    std::string before;
    std::string after;
    std::string format = "md";
    std::string json;
    std::string max_regression;
    double confidence = 0.95;
};

/// The share that `10%` or `0.1` says; nothing for other texts.
std::optional<double> share_from(std::string text) {
    const bool percent = text.ends_with('%');
    if (percent) text.pop_back();
    double value = 0;
    if (!CLI::detail::lexical_cast(text, value) || !(value >= 0)) return std::nullopt;
    return percent ? value / 100 : value;
}

std::vector<report::single_run> runs_in(const std::string& folder) {
    auto read = report::read_results({{folder, std::nullopt}});
    for (const auto& note : read.notes) say("dibs compare: note: {}\n", note);
    return std::move(read.runs);
}

/// Null where there is none.
boost::json::value summary_in(const std::string& folder) {
    const auto path = std::filesystem::path(folder) / "summary.json";
    const auto text = file_text(path);
    if (!text) return nullptr;
    boost::json::error_code failed;
    auto read = boost::json::parse(*text, failed);
    if (failed) throw report::unreadable(path.native(), "not JSON: the file is truncated or damaged");
    return read;
}

int run(const compare_flags& flags) {
    std::optional<atomic_file> json;
    if (!flags.json.empty()) json.emplace(flags.json);
    auto table = compare_benches(runs_in(flags.before), runs_in(flags.after), flags.confidence);
    table.remarks = report::differences_of_setting(summary_in(flags.before), summary_in(flags.after));
    if (json) json->keep(report::json_text(change_json(table)));
    fmt::print("{}", flags.format == "json" ? report::json_text(change_json(table)) : change_markdown(table));
    if (flags.max_regression.empty()) return success;
    const auto worse = regressions(table, share_from(flags.max_regression).value());
    for (const auto& line : worse) say("dibs compare: {}\n", line);
    return worse.empty() ? success : thresholds_crossed;
}

std::string is_share(const std::string& text) {
    return share_from(text) ? "" : fmt::format("'{}' is not a share, as 10% or 0.1", text);
}

}  // namespace

void add_compare(CLI::App& app, int& status) {
    auto flags = std::make_shared<compare_flags>();
    auto* compare = app.add_subcommand("compare", "Say what changed between two benches, and what did not");
    compare->add_option("A", flags->before, "The earlier results: a folder that dibs bench wrote")
        ->required();
    compare->add_option("B", flags->after, "The later ones")->required();
    compare->add_option("--format", flags->format, "Of the table (default: md)")
        ->type_name("md|json")
        ->check(CLI::IsMember({"md", "json"}));
    compare->add_option("--json", flags->json, "Write the figures there as well")->type_name("FILE");
    compare->add_option("--max-regression", flags->max_regression, "Status 99 beyond it; as 10%")
        ->type_name("SHARE")
        ->check(is_share);
    compare->add_option("--confidence", flags->confidence, "Of the intervals (default: 0.95)")
        ->type_name("SHARE")
        ->check(CLI::Range(0.01, 0.9999));
    compare->footer(
        "For each strategy p95, p95 of claims, success, and issues a second: the change from A to B with an\n"
        "interval, and whether it is better, worse, or not seen. With --max-regression status 99 says that "
        "a\n"
        "figure is seen to be worse and its estimate is worse by more than that share; that it is 0 in more "
        "of\n"
        "B's runs; that a strategy of A is not in B; that one has fewer than two runs, so that nothing can "
        "be\n"
        "said; or that B issued a coupon wrongly. docs/statistics.md has the method.\n"
        "Example, before and after a change:\n"
        "  dibs bench --rounds 10 --out results/before\n"
        "  dibs bench --rounds 10 --out results/after\n"
        "  dibs compare --max-regression 10% results/before results/after");
    compare->callback([flags, &status] { status = run(*flags); });
}

}  // namespace dibs::cli
