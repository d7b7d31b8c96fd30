#include "report/html/report.hpp"

#include "cli/commands.hpp"
#include "core/atomic_file.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

namespace dibs::cli {
namespace {

struct report_flags {
    std::string folder;
    std::string html;
};

int write_report(const report_flags& flags) {
    // First, so that a place that cannot be written shows before anything else.
    std::optional<atomic_file> file;
    if (!flags.html.empty()) file.emplace(flags.html);
    const auto document = report::html::report_of(report::html::read_bench(flags.folder));
    if (!file) {
        fmt::print("{}", report::html::markdown(document));
        return success;
    }
    file->keep(report::html::page(document));
    fmt::print("{}\n\n{}: open it in a browser; it needs nothing else\n", fmt::join(document.answer, "\n"),
               flags.html);
    return success;
}

}  // namespace

void add_report(CLI::App& app, int& status) {
    auto flags = std::make_shared<report_flags>();
    auto* command = app.add_subcommand("report", "Say what a bench found: on one page, or as tables");
    command->add_option("DIR", flags->folder, "A folder that dibs bench wrote")->required();
    command
        ->add_option("--html", flags->html,
                     "Write the page there; without it, the tables are printed as Markdown")
        ->type_name("FILE");
    command->footer(
        "The page is one file that opens offline. It says who is fastest, who ties and what cannot be said, "
        "and\n"
        "shows latencies, the course over time, the lock, outcomes, fairness and the machine. It also shows "
        "what it\n"
        "finds in DIR of capacity.json, measure.json, claims.json and torture.json (--json of those "
        "commands).\n"
        "Examples:\n"
        "  dibs bench --rounds 10 --out results/today\n"
        "  dibs report results/today --html today.html");
    command->callback([flags, &status] { status = write_report(*flags); });
}

}  // namespace dibs::cli
