#include "cli/commands.hpp"
#include "cli/progress_line.hpp"
#include "cli/say.hpp"
#include "core/atomic_file.hpp"
#include "torture/suite.hpp"
#include "torture/worker.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <random>

namespace dibs::cli {
namespace {

constexpr const char* worker_command = "torture-worker";
constexpr std::chrono::milliseconds quick_length{8000};

struct torture_flags {
    std::vector<std::string> algorithms;
    std::vector<std::string> troubles;
    std::int64_t duration_ms = 10'000;
    std::int64_t lease_ms = 1000;
    std::size_t workers = 3;
    std::uint64_t seed = std::random_device()();
    std::string out;
    std::string json;
    bool quick = false;
};

template <class T>
std::vector<std::string> words_for(const T& all) {
    std::vector<std::string> words;
    for (const auto one : all) words.emplace_back(to_string(one));
    return words;
}

torture::suite_plan plan_from(const torture_flags& flags) {
    torture::suite_plan plan;
    for (const auto& word : flags.algorithms) plan.kinds.push_back(algorithm_from(word).value());
    for (const auto& word : flags.troubles) plan.troubles.push_back(torture::trouble_from(word).value());
    plan.length = flags.quick ? quick_length : std::chrono::milliseconds(flags.duration_ms);
    plan.lease = std::chrono::milliseconds(flags.lease_ms);
    plan.workers = flags.workers;
    plan.seed = flags.seed;
    return plan;
}

/// Histories of two runs would not go together.
void make_empty_folder(const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    const bool empty = !failed && std::filesystem::is_empty(folder, failed);
    if (failed)
        throw std::runtime_error(
            fmt::format("--out {}: cannot make this folder: {}", folder.native(), failed.message()));
    if (!empty) throw std::runtime_error(fmt::format("--out {}: this folder is not empty", folder.native()));
}

std::vector<torture::cell> run_rounds(const torture_flags& flags) {
    auto servers = sandbox::servers::start({});
    if (const auto warning = servers.warning()) say("dibs torture: {}\n", *warning);
    auto plan = plan_from(flags);
    plan.folder = flags.out.empty() ? servers.folder() / "histories" : std::filesystem::path(flags.out);
    const auto rounds = flags.quick ? torture::quick_rounds(plan) : torture::rounds_of(plan);
    const std::vector<std::string> worker{std::filesystem::canonical("/proc/self/exe").native(),
                                          worker_command};
    std::vector<torture::cell> cells;
    progress_line progress;
    for (std::size_t i = 0; i < rounds.size(); ++i) {
        progress.show(fmt::format("{} of {}: {} …", i + 1, rounds.size(), to_string(rounds[i].what)));
        for (auto& seen : torture::run_round(rounds[i], servers, worker)) cells.push_back(std::move(seen));
    }
    return cells;
}

/// Where to look for what went wrong, or was meant to.
void print_folders(const std::vector<torture::cell>& cells) {
    for (const auto& seen : cells) {
        const auto found = judge(seen);
        if (found == torture::verdict::kept || found == torture::verdict::not_provoked) continue;
        fmt::print("\n{} under {}: {}", to_string(seen.kind), to_string(seen.what), seen.folder.native());
    }
    fmt::print("\n");
}

int run(const torture_flags& flags) {
    if (!flags.out.empty()) make_empty_folder(flags.out);
    std::optional<atomic_file> file;
    if (!flags.json.empty()) file.emplace(flags.json);
    fmt::print("dibs torture --seed {}\n", flags.seed);
    const auto cells = run_rounds(flags);
    fmt::print("{}", torture::matrix_text(cells));
    if (!flags.out.empty()) print_folders(cells);
    if (file) file->keep(torture::matrix_json(cells));
    bool failed = false;
    for (const auto& seen : cells) failed = failed || is_failure(judge(seen));
    return failed ? failure : success;
}

}  // namespace

void add_torture(CLI::App& app, int& status) {
    const std::map<std::string, std::int64_t> units{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
    const CLI::AsNumberWithUnit duration(units, CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME");
    auto flags = std::make_shared<torture_flags>();
    auto* command = app.add_subcommand("torture", "Prove the locks: faults, histories, and a checker");
    command->add_option("--algorithm", flags->algorithms, "These, separated by commas [all]")
        ->delimiter(',')
        ->check(CLI::IsMember(words_for(all_algorithms)))
        ->type_name("NAME");
    command->add_option("--fault", flags->troubles, "These, separated by commas [all]")
        ->delimiter(',')
        ->check(CLI::IsMember(words_for(torture::all_troubles)))
        ->type_name("NAME");
    command->add_option("--duration", flags->duration_ms, "Of each fault, as 30s or 5m [10s]")
        ->transform(duration)
        ->type_name("TIME");
    command->add_option("--lease", flags->lease_ms, "Of the locks; faults outlast it [1s]")
        ->transform(duration)
        ->type_name("TIME");
    command->add_option("--workers", flags->workers, "Processes for each algorithm")
        ->check(CLI::Range(2, 100))
        ->capture_default_str();
    command->add_option("--seed", flags->seed, "What is done, when, and to whom [random]");
    command->add_option("--out", flags->out, "Keep histories and proofs in this folder, new or empty")
        ->type_name("FOLDER");
    command->add_option("--json", flags->json, "Write the matrix there as well")->type_name("FILE");
    command->add_flag("--quick", flags->quick, "Sixteen cells in at most 90 s")
        ->excludes("--fault")
        ->excludes("--algorithm")
        ->excludes("--duration");
    command->footer(
        "Worker processes contend for locks and write to a resource that numbers what it accepts, as naive "
        "users\n"
        "who never look at their lease, while faults are made. A checker then reads what each process "
        "recorded.\n"
        "'unsafe by design': two held the lock, which nobody promised to prevent; 'not provoked': it might "
        "have\n"
        "been, and did not happen. Status 1 where a promise was broken. docs/evidence.md says what each "
        "means.\n"
        "Example:\n"
        "  dibs torture --algorithm fencing,database --duration 1m --seed 1 --json torture.json");
    command->callback([flags, &status] { status = run(*flags); });

    auto orders = std::make_shared<std::string>();
    auto* worker = app.add_subcommand(worker_command, "A process of dibs torture")->group("");
    worker->add_option("ORDERS", *orders)->required();
    worker->callback([orders] { torture::work(torture::orders_from(*orders)); });
}

}  // namespace dibs::cli
