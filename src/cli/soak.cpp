#include "cli/commands.hpp"
#include "cli/progress_line.hpp"
#include "cli/say.hpp"
#include "core/atomic_file.hpp"
#include "core/random.hpp"
#include "coupon/strategy.hpp"
#include "soak/summary.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace dibs::cli {
namespace {

struct soak_flags {
    soak::soak_plan plan;
    std::string out;
    std::string json;
};

std::vector<std::string> all_strategies() {
    std::vector<std::string> words;
    for (const auto kind : coupon::all_strategies) words.emplace_back(to_string(kind));
    return words;
}

soak::soak_result soak_in_a_sandbox(soak::soak_plan& plan, const std::string& out) {
    sandbox::options wanted;
    wanted.redis_masters = sandbox::redlock_masters;
    auto servers = sandbox::servers::start(wanted);
    if (const auto warning = servers.warning()) say("dibs soak: {}\n", *warning);
    plan.folder = out.empty() ? servers.folder() / "soak" : std::filesystem::path(out);
    std::filesystem::create_directories(plan.folder);
    plan.executable = std::filesystem::canonical("/proc/self/exe");
    progress_line progress;
    return soak::run_soak(plan, servers, [&](const soak::soak_progress& now) {
        progress.show(fmt::format("soak: {} of {} claims acknowledged, {} of {} kills and pauses",
                                  now.acknowledged, plan.claims, now.blows, now.blows_planned));
    });
}

/// Histories of two soaks would not go together.
void check_out(const std::filesystem::path& folder) {
    if (folder.empty() || !std::filesystem::exists(folder) || std::filesystem::is_empty(folder)) return;
    throw std::runtime_error(fmt::format("--out {}: it must be new or an empty folder", folder.native()));
}

int run(soak_flags& flags) {
    check_out(flags.out);
    std::optional<atomic_file> file;
    if (!flags.json.empty()) file.emplace(flags.json);
    const auto done = soak_in_a_sandbox(flags.plan, flags.out);
    fmt::print("{}", soak::summary_text(flags.plan, done));
    if (file) file->keep(soak::summary_json(flags.plan, done));
    if (done.ended == soak::soak_ending::stalled)
        say("dibs soak: no claim was acknowledged for a minute, though all that was killed is back\n");
    if (!done.good()) return failure;
    return done.ended == soak::soak_ending::interrupted ? interrupted : success;
}

}  // namespace

void add_soak(CLI::App& app, int& status) {
    auto flags = std::make_shared<soak_flags>();
    auto& plan = flags->plan;
    plan.strategies = all_strategies();
    plan.seed = random_seed() >> 12U;  // JSON readers keep 53 bits
    auto* command =
        app.add_subcommand("soak", "Prove the coupon service: kill all it stands on, retry, and reconcile");
    command->add_option("--claims", plan.claims, "To be acknowledged")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000'000}))
        ->capture_default_str();
    command->add_option("--kills", plan.kills, "Of services, Redis, redlock's masters and PostgreSQL")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    command->add_option("--strategy", plan.strategies, "These, separated by commas [all]")
        ->delimiter(',')
        ->check(CLI::IsMember(all_strategies()))
        ->type_name("NAME");
    command->add_option("--processes", plan.processes, "Of dibs serve")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    command->add_option("--rate", plan.rate, "Customers a second, whatever becomes of those before them")
        ->check(CLI::Range(1.0, 100'000.0))
        ->capture_default_str();
    command->add_option("--seed", plan.seed, "Who is killed when, and what customers want [random]");
    command
        ->add_option("--out", flags->out,
                     "Keep the history and the services' log in this folder, new or empty")
        ->type_name("FOLDER");
    command->add_option("--json", flags->json, "Write the figures there as well")->type_name("FILE");
    command->footer(
        "Customers sign up and claim at a fixed rate while processes of dibs serve, Redis, redlock's "
        "masters\n"
        "and PostgreSQL are killed and started again, spread over the load. Who does not know what became of "
        "a\n"
        "claim repeats it with its key. In the end all that customers were told is held against the "
        "database.\n"
        "Status: 0; 1 where a figure that must be 0 is not; 105 interrupted (what there was is reconciled).\n"
        "Needs about 1.2 GB of memory and 2 GB of disk for each million claims.\n"
        "Example:\n"
        "  dibs soak --claims 100000 --kills 100 --seed 1 --json soak.json");
    command->callback([flags, &status] { status = run(*flags); });
}

}  // namespace dibs::cli
