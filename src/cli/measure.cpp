#include "cli/commands.hpp"
#include "cli/progress_line.hpp"
#include "cli/say.hpp"
#include "core/atomic_file.hpp"
#include "measure/suite.hpp"
#include "sandbox/servers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dibs::cli {
namespace {

constexpr const char* user_command = "measure-user";

struct measure_flags {
    std::vector<std::string> only;
    std::size_t repeats = 9;
    std::size_t crowd_repeats = 5;
    std::string json;
};

std::vector<std::string> figure_names() {
    std::vector<std::string> names;
    for (const auto& one : measure::suite()) names.insert(names.end(), one.names.begin(), one.names.end());
    return names;
}

bool wanted(const measure::measurement& what, const std::vector<std::string>& only) {
    return only.empty() || std::any_of(what.names.begin(), what.names.end(), [&](const std::string& name) {
               return std::find(only.begin(), only.end(), name) != only.end();
           });
}

std::vector<measure::figure> measure_all(const measure_flags& flags) {
    sandbox::options box;
    box.redis_masters = sandbox::redlock_masters;
    auto servers = sandbox::servers::start(box);
    if (const auto warning = servers.warning()) say("dibs measure: {}\n", *warning);
    const measure::user_processes users(
        servers.supervisor(), {std::filesystem::canonical("/proc/self/exe").native(), user_command});
    const measure::suite_setting on{servers, users, flags.repeats, flags.crowd_repeats};
    std::vector<measure::figure> figures;
    progress_line progress;
    for (const auto& one : measure::suite()) {
        if (!wanted(one, flags.only)) continue;
        progress.show(fmt::format("{} …", fmt::join(one.names, ", ")));
        for (auto& found : one.run(on)) figures.push_back(std::move(found));
    }
    return figures;
}

int run(const measure_flags& flags) {
    std::optional<atomic_file> file;
    if (!flags.json.empty()) file.emplace(flags.json);
    const auto figures = measure_all(flags);
    fmt::print("{}", measure::table(figures));
    if (file) file->keep(measure::json(figures));
    return success;
}

}  // namespace

void add_measure(CLI::App& app, int& status) {
    auto flags = std::make_shared<measure_flags>();
    auto* command = app.add_subcommand("measure", "Measure the locks against the plainest means of the same");
    command->add_option("--only", flags->only, "These figures, separated by commas [all]")
        ->delimiter(',')
        ->check(CLI::IsMember(figure_names()))
        ->type_name("NAME");
    command->add_option("--repeats", flags->repeats, "Of each figure and of its floor, in turns")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command
        ->add_option("--crowd-repeats", flags->crowd_repeats,
                     "Of wait, jain and utilisation (4 s each) and gap_queue")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_option("--json", flags->json, "Write the figures there as well")->type_name("FILE");
    command->footer(
        "Starts Redis servers of its own. A ratio is the value divided by its floor: the same commands by\n"
        "blocking calls, or on the bare connection. Values are medians; the spread is (largest - smallest) "
        "/\n"
        "median. Let nothing else run beside it. docs/performance.md says what each figure is.\n"
        "Example:\n"
        "  dibs measure --json measure.json");
    command->callback([flags, &status] { status = run(*flags); });

    auto orders = std::make_shared<std::string>();
    auto* user = app.add_subcommand(user_command, "A process of dibs measure")->group("");
    user->add_option("ORDERS", *orders)->required();
    user->callback([orders] {
        fmt::print("{}\n", measure::run_user(measure::user_orders_from(*orders), measure::library_users));
    });
}

}  // namespace dibs::cli
