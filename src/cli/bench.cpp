#include "cli/claims_bench.hpp"
#include "cli/commands.hpp"
#include "cli/progress_line.hpp"
#include "core/random.hpp"
#include "core/run.hpp"
#include "coupon/strategy.hpp"
#include "experiment/results_folder.hpp"
#include "experiment/runner.hpp"
#include "experiment/service_processes.hpp"
#include "postgres/pool.hpp"
#include "report/published_table.hpp"
#include "sandbox/servers.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dibs::cli {
namespace {

struct bench_flags {
    std::string profile = "quick";
    std::optional<int> rounds;
    std::vector<std::string> strategies;
    std::optional<std::uint64_t> seed;
    std::string out;
    std::string redis;
    std::vector<std::string> masters;
    std::string postgres;
};

std::vector<std::string> all_strategy_names() {
    std::vector<std::string> names;
    for (const auto kind : coupon::all_strategies) names.emplace_back(to_string(kind));
    return names;
}

std::filesystem::path default_folder() {
    return fmt::format("results/{:%Y%m%d-%H%M%S}", fmt::localtime(std::time(nullptr)));
}

/// The servers to run on: those given, or a sandbox. Either way a supervisor ends our processes with us.
struct stage {
    std::optional<sandbox::servers> own;
    std::optional<sandbox::supervisor> box;
    experiment::server_urls urls;

    sandbox::supervisor& supervisor() { return own ? own->supervisor() : *box; }
};

stage set_up(const bench_flags& flags) {
    stage result;
    if (flags.redis.empty()) {
        sandbox::options wanted;
        wanted.redis_masters = sandbox::redlock_masters;
        result.own.emplace(sandbox::servers::start(wanted));
        if (const auto warning = result.own->warning()) fmt::print(stderr, "dibs bench: {}\n", *warning);
        result.urls = {result.own->redis_url(), result.own->redlock_urls(), result.own->postgres_url()};
    } else {
        result.box.emplace();
        result.urls = {flags.redis, flags.masters, flags.postgres};
    }
    return result;
}

/// One bench from its first run to its last.
class bench {
   public:
    bench(const bench_flags& flags, experiment::profile profile, asio::any_io_executor executor,
          stage& servers, experiment::service_processes& service, experiment::results_folder& results)
        : profile_(std::move(profile)),
          strategies_(flags.strategies),
          seed_(flags.seed ? *flags.seed : random_seed() >> 12U),  // JSON readers keep 53 bits
          blocks_(experiment::randomised_blocks(strategies_, profile_.rounds, seed_)),
          service_(service),
          results_(results),
          database_(std::move(executor), servers.urls.postgres),
          runner_(database_, {.host = "localhost", .port = service.port()},
                  [this](const load::run_progress& now) { show(now); }) {}

    task<void> run() {
        for (std::size_t round = 0; round < blocks_.size(); ++round)
            for (const auto& strategy : blocks_[round])
                co_await run_one(static_cast<int>(round) + 1, strategy);
        results_.finish(profile_, seed_, runs_);
    }

    const std::vector<std::string>& strategies() const { return strategies_; }
    const std::vector<experiment::run_record>& runs() const { return runs_; }
    std::uint64_t seed() const { return seed_; }

   private:
    task<void> run_one(int round, std::string strategy) {
        under_way_ = fmt::format("round {}/{}, {}", round, profile_.rounds, strategy);
        const auto run_seed =
            seed_ + static_cast<std::uint64_t>(round);  // the same users in every run of a round
        runs_.push_back(co_await runner_.run(std::move(strategy), round, profile_.stages, run_seed));
        service_.check_running();
        results_.add(runs_.back());
    }

    void show(const load::run_progress& now) {
        const auto seconds = [](auto time) { return std::chrono::duration<double>(time).count(); };
        progress_.show(fmt::format("{}: {:.0f} s of {:.0f} s, {} users, {} iterations, {} failed requests",
                                   under_way_, seconds(now.elapsed), seconds(now.length), now.users,
                                   now.counts.iterations, now.counts.failed_requests));
    }

    experiment::profile profile_;
    std::vector<std::string> strategies_;
    std::uint64_t seed_;
    std::vector<std::vector<std::string>> blocks_;
    experiment::service_processes& service_;
    experiment::results_folder& results_;
    postgres::pool database_;
    progress_line progress_;
    std::string under_way_;
    std::vector<experiment::run_record> runs_;
    experiment::runner runner_;
};

report::run_collection collected(const std::vector<experiment::run_record>& runs) {
    report::run_collection all;
    for (const auto& run : runs)
        all.add(run.strategy, {.success_pct = 100 * run.success_rate(), .duration_s = run.p95_ms() / 1000});
    return all;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// What two decimals of a second do not show.
void print_medians(const bench& done) {
    fmt::print("{:<10} {:>10} {:>14} {:>12}   (medians of {} runs)\n", "", "p95, ms", "claim p95, ms",
               "iterations", done.runs().size() / done.strategies().size());
    for (const auto& strategy : done.strategies()) {
        std::vector<double> all, claims, iterations;
        for (const auto& run : done.runs()) {
            if (run.strategy != strategy) continue;
            all.push_back(run.p95_ms());
            claims.push_back(run.claim_p95_ms());
            iterations.push_back(run.iterations());
        }
        fmt::print("{:<10} {:>10.1f} {:>14.1f} {:>12.0f}\n", strategy, median(all), median(claims),
                   median(iterations));
    }
    fmt::print("\n");
}

void print_results(const bench& done, const experiment::results_folder& results) {
    const auto runs = collected(done.runs());
    fmt::print("{}\n",
               report::table_markdown(report::published_table(runs, 0.95), report::language::english));
    print_medians(done);
    fmt::print("{}\n", experiment::describe_books(done.runs()));
    fmt::print("seed {}; results in {}: report.md, summary.json, two files a run\n", done.seed(),
               results.path().native());
}

int run_bench(bench_flags flags) {
    if (flags.strategies.empty()) flags.strategies = all_strategy_names();
    auto profile = experiment::profile_named(flags.profile).value();
    if (flags.rounds) profile.rounds = *flags.rounds;
    experiment::results_folder results(flags.out.empty() ? default_folder()
                                                         : std::filesystem::path(flags.out));
    auto servers = set_up(flags);
    experiment::service_processes service(
        servers.supervisor(), servers.urls,
        {.executable = std::filesystem::canonical("/proc/self/exe"), .log = results.path() / "serve.log"});

    asio::io_context io{1};
    bench work(flags, std::move(profile), io.get_executor(), servers, service, results);
    run_to_end(io, work.run());
    print_results(work, results);
    const bool right =
        std::all_of(work.runs().begin(), work.runs().end(), [](const auto& run) { return run.correct(); });
    const bool met = std::none_of(work.runs().begin(), work.runs().end(),
                                  [](const auto& run) { return run.load.summary.any_crossed(); });
    return !right ? failure : met ? success : thresholds_crossed;
}

void check(const bench_flags& flags) {
    if (flags.redis.empty() != flags.postgres.empty())
        throw CLI::ValidationError("--redis and --postgres",
                                   "go together; without either, bench starts its own");
    const std::set<std::string> distinct(flags.strategies.begin(), flags.strategies.end());
    if (distinct.size() != flags.strategies.size())
        throw CLI::ValidationError("--strategies", "a strategy is named twice");
    const bool redlock = flags.strategies.empty() || distinct.contains("redlock");
    if (!flags.redis.empty() && flags.masters.empty() && redlock)
        throw CLI::ValidationError(
            "--strategies", "redlock needs --redlock URL, five times; or leave it out of --strategies");
}

}  // namespace

void add_bench(CLI::App& app, int& status) {
    auto flags = std::make_shared<bench_flags>();
    auto* bench_command = app.add_subcommand(
        "bench", "Run the experiment: every strategy issues coupons under load, in every round");
    bench_command
        ->add_option("--profile", flags->profile, "quick: the published stages at a tenth; or published")
        ->check(CLI::IsMember({"quick", "published"}))
        ->capture_default_str();
    bench_command->add_option("--rounds", flags->rounds, "Runs of each strategy [3; published: 5]")
        ->check(CLI::Range(1, 1000));
    bench_command->add_option("--strategies", flags->strategies, "Which, separated by commas [all]")
        ->delimiter(',')
        ->check(CLI::IsMember(all_strategy_names()));
    bench_command->add_option("--seed", flags->seed,
                              "Of the order and the users; printed and kept with the results");
    bench_command->add_option("--out", flags->out, "A new folder for the results [results/DATE-TIME]")
        ->type_name("DIR");
    auto* redis = bench_command->add_option("--redis", flags->redis, "Run on this Redis")->type_name("URL");
    bench_command->add_option("--redlock", flags->masters, "And redlock on these masters; repeatable")
        ->type_name("URL")
        ->needs(redis);
    bench_command
        ->add_option("--postgres", flags->postgres,
                     "And this PostgreSQL; its tables of dibs are used and reset")
        ->type_name("CONNINFO");
    bench_command->footer(
        "Without --redis and --postgres it starts servers of its own and removes them at the end.\n"
        "Status 0: every threshold was met and every book is exact; 99: a threshold was crossed; 1: failed, "
        "or what\n"
        "clients were told is not what the database holds.\n"
        "Example:\n"
        "  dibs bench --profile published --rounds 5 --out results/today");
    const auto run_claims = add_claims_bench(*bench_command);
    add_claims_bench_processes(app);
    bench_command->callback([flags, run_claims, &status] {
        if (run_claims(status)) return;
        check(*flags);
        status = run_bench(*flags);
    });
}

}  // namespace dibs::cli
