#include "cli/bench/bench_capacity.hpp"
#include "cli/bench/bench_flags.hpp"
#include "cli/bench/bench_print.hpp"
#include "cli/bench/bench_run.hpp"
#include "cli/bench/bench_stage.hpp"
#include "cli/bench/claims_bench.hpp"
#include "cli/commands.hpp"
#include "cli/say.hpp"
#include "core/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace dibs::cli {
namespace {

using experiment::bench_outline;
using experiment::results_folder;

/// What was asked for, not yet on what.
bench_outline asked_for(const bench_flags& flags) {
    bench_outline made;
    made.ran = experiment::profile_named(flags.profile.value_or("quick")).value();
    if (flags.rounds) made.ran.rounds = *flags.rounds;
    made.seed = flags.seed ? *flags.seed : random_seed() >> 12U;  // JSON readers keep 53 bits
    made.order = experiment::randomised_blocks(
        flags.strategies.empty() ? all_strategy_names() : flags.strategies, made.ran.rounds, made.seed);
    made.command = own_command_line();
    made.started = experiment::utc_now();
    return made;
}

bench_outline left_behind(const results_folder& results, const bench_flags& flags) {
    auto before = results.read_outline();
    if (before.finished())
        throw std::runtime_error(fmt::format("{}: all {} runs were made: there is nothing to go on with",
                                             results.path().native(), before.runs.size()));
    const auto names = before.strategies();
    if (!flags.redis.empty() && flags.masters.empty() && std::ranges::count(names, "redlock") > 0)
        throw CLI::ValidationError("--resume", "redlock is among its strategies: give --redlock URL as well");
    return before;
}

/// Throws std::runtime_error where what was left behind is of another program or machine.
void check_same(const bench_outline& before, const bench_outline& now) {
    const auto found = experiment::differences(before, now);
    for (const auto& difference : found.to_be_told)
        say("dibs bench: {}; it goes on all the same\n", difference);
    if (found.that_matter.empty()) return;
    throw std::runtime_error(fmt::format(
        "cannot go on, because the runs would not be comparable: {}. Start a new bench with --out",
        fmt::join(found.that_matter, "; ")));
}

bench_stage stage_for(const bench_flags& flags) {
    if (flags.redis.empty()) return {};
    return bench_stage({flags.redis, flags.masters, flags.postgres});
}

int status_of(const bench_outline& bench) {
    if (!std::ranges::all_of(bench.runs, &experiment::run_outline::correct)) return failure;
    return std::ranges::all_of(bench.runs, &experiment::run_outline::thresholds_met) ? success
                                                                                     : thresholds_crossed;
}

enum class beginning { fresh, left_behind };

int run_on(bench_stage& servers, const results_folder& results, const bench_outline& bench, beginning how) {
    experiment::service_processes service(
        servers.supervisor(), servers.urls(),
        {.executable = std::filesystem::canonical("/proc/self/exe"), .log = results.path() / "serve.log"});
    auto now = bench;
    now.on = machine_with(servers.urls());
    now.version = DIBS_VERSION;
    now.processes = static_cast<int>(service.pids().size());
    now.servers = servers.owner();
    if (how == beginning::left_behind) check_same(bench, now);
    results.write(now);

    experiment::service_under_test tested{
        {"localhost", service.port()}, service.figures_ports(), servers.parties()};
    tested.whose.services = service.pids();
    bench_run work(std::move(tested), servers.urls().postgres, service, results, now);
    auto ended = bench_run::ending::interrupted;
    std::string comparison;
    try {
        ended = work.run();
        comparison = results.write_report(now);
    } catch (...) {
        if (!now.finished()) print_unfinished(now, results);
        throw;
    }
    if (ended == bench_run::ending::interrupted) {
        print_unfinished(now, results);
        return interrupted;
    }
    print_bench(now, results.path(), comparison);
    return status_of(now);
}

std::filesystem::path folder_for(const bench_flags& flags) {
    return flags.out.empty() ? default_results_folder() : std::filesystem::path(flags.out);
}

int run_bench(const bench_flags& flags) {
    const auto how = flags.resume.empty() ? beginning::fresh : beginning::left_behind;
    const auto results = how == beginning::fresh ? results_folder::make(folder_for(flags))
                                                 : results_folder::open(flags.resume);
    const auto bench = how == beginning::fresh ? asked_for(flags) : left_behind(results, flags);
    auto servers = stage_for(flags);
    return run_on(servers, results, bench, how);
}

}  // namespace

void add_bench(CLI::App& app, int& status) {
    auto flags = std::make_shared<bench_flags>();
    auto* bench = app.add_subcommand(
        "bench", "Run the experiment: every strategy issues coupons under load, in every round");
    add_bench_flags(*bench, *flags);
    const auto run_claims = add_claims_bench(*bench, *flags);
    const auto run_capacity = add_bench_capacity(*bench, *flags);
    add_claims_bench_processes(app);
    bench->footer(
        "Without --redis and --postgres it starts servers of its own and removes them at the end.\n"
        "Ctrl-C keeps the runs that are over and says how to go on.\n"
        "Status 0: every threshold was met and every book is exact; 99: a threshold was crossed; 105: "
        "interrupted;\n"
        "1: failed, or what clients were told is not what the database holds.\n"
        "Examples:\n"
        "  dibs bench                                     # three short rounds, in a few minutes\n"
        "  dibs bench --profile published --out results/full\n"
        "  dibs bench --resume results/full               # after Ctrl-C\n"
        "  dibs bench --strategies queue,fencing --redis redis://10.0.0.5 --postgres 'host=10.0.0.6 "
        "dbname=dibs'\n"
        "  dibs bench --claims --only claims_batch --json claims.json\n"
        "  dibs bench --capacity --p99 50ms --step 5s --repeats 3 --out results/full");
    bench->callback([flags, run_claims, run_capacity, &status] {
        check(*flags);
        if (run_claims(status) || run_capacity(status)) return;
        status = run_bench(*flags);
    });
}

}  // namespace dibs::cli
