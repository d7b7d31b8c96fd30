#include "cli/bench/bench_flags.hpp"

#include "cli/command_line.hpp"
#include "cli/serve/serve_options.hpp"
#include "coupon/strategy.hpp"

#include <fmt/chrono.h>

#include <ctime>
#include <fstream>
#include <set>

namespace dibs::cli {
namespace {

void add_order(CLI::App& to, bench_flags& flags) {
    to.add_option("--profile", flags.profile,
                  "published (80 s a run), quick (a tenth of it) or smoke (a hundredth: it "
                  "shows that all works, and no more) [quick]")
        ->check(CLI::IsMember({"smoke", "quick", "published"}));
    to.add_option("--rounds", flags.rounds, "Runs of each strategy [published: 10, quick: 3, smoke: 1]")
        ->check(CLI::Range(1, 1000));
    to.add_option("--strategies", flags.strategies, "Which, separated by commas [all]")
        ->delimiter(',')
        ->check(CLI::IsMember(all_strategy_names()));
    to.add_option("--seed", flags.seed, "Of the order and the users; printed and kept with the results");
}

void add_folder(CLI::App& to, bench_flags& flags) {
    auto* out = to.add_option(
        "--out", flags.out,
        "A new folder for the results, with --capacity also that of a bench [results/DATE-TIME]");
    out->type_name("DIR");
    auto* resume = to.add_option("--resume", flags.resume,
                                 "Go on with what a bench that was interrupted left there: the same seed, "
                                 "order and profile");
    resume->type_name("DIR")->excludes(out);
    for (const char* fixed : {"--profile", "--rounds", "--strategies", "--seed"})
        resume->excludes(to.get_option(fixed));
}

void add_servers(CLI::App& to, bench_flags& flags) {
    auto* redis = to.add_option("--redis", flags.redis, "Run on this Redis")->type_name("URL");
    to.add_option("--redlock", flags.masters, "And redlock on these masters; repeatable")
        ->type_name("URL")
        ->needs(redis);
    to.add_option("--postgres", flags.postgres, "And this PostgreSQL; its tables of dibs are used and reset")
        ->type_name("CONNINFO");
}

void add_measuring(CLI::App& to, measuring_flags& flags) {
    auto* claims = to.add_flag("--claims", flags.claims,
                               "Measure how fast dibs serve issues, beside its floors, instead");
    claims->group("Claims");
    to.add_flag("--capacity", flags.capacity, "Find the highest claim rate that each strategy holds, instead")
        ->group("Capacity")
        ->excludes(claims);
    const auto shared = [&](const char* name, auto& value, const char* what) {
        return to.add_option(name, value, what)->group("Claims and capacity");
    };
    shared("--json", flags.json, "Write the figures there as well")->type_name("FILE");
    shared("--repeats", flags.repeats, "Of each figure and its floor [5], of each search [3]")
        ->check(CLI::Range(1, 1000));
    shared("--connections", flags.connections, "That the generator keeps [200]")
        ->check(CLI::Range(1, 10'000));
}

/// A value that may hold a password, by the option before it.
std::string shown_value(const std::string& option, const std::string& value) {
    const bool is_server = option == "--redis" || option == "--redlock" || option == "--postgres";
    return is_server ? without_secrets(option.substr(2), value) : value;
}

}  // namespace

std::vector<std::string> all_strategy_names() {
    std::vector<std::string> names;
    for (const auto kind : coupon::all_strategies) names.emplace_back(to_string(kind));
    return names;
}

void add_bench_flags(CLI::App& to, bench_flags& flags) {
    add_order(to, flags);
    add_folder(to, flags);
    add_servers(to, flags);
    add_measuring(to, flags.measuring);
}

std::filesystem::path default_results_folder() {
    return fmt::format("results/{:%Y%m%d-%H%M%S}", fmt::localtime(std::time(nullptr)));
}

void check(const bench_flags& flags) {
    const auto& measuring = flags.measuring;
    const bool measures = measuring.claims || measuring.capacity;
    if (!measures && (!measuring.json.empty() || measuring.repeats || measuring.connections))
        throw CLI::ValidationError("--json, --repeats and --connections", "go with --claims or --capacity");
    if (measures && (flags.profile || flags.rounds || flags.seed))
        throw CLI::ValidationError("--profile, --rounds and --seed",
                                   "are of the experiment: --claims and --capacity have none");
    if (measuring.claims && (!flags.strategies.empty() || !flags.out.empty()))
        throw CLI::ValidationError("--strategies and --out",
                                   "do not go with --claims, which has --only and --json");
    if (measures && (!flags.redis.empty() || !flags.resume.empty()))
        throw CLI::ValidationError("--claims and --capacity",
                                   "run on servers of their own: leave out --redis and --resume");
    if (flags.redis.empty() != flags.postgres.empty())
        throw CLI::ValidationError("--redis and --postgres",
                                   "go together; without either, bench starts its own");
    const std::set<std::string> distinct(flags.strategies.begin(), flags.strategies.end());
    if (distinct.size() != flags.strategies.size())
        throw CLI::ValidationError("--strategies", "a strategy is named twice");
    const bool redlock = flags.strategies.empty() || distinct.contains("redlock");
    if (flags.resume.empty() && !flags.redis.empty() && flags.masters.empty() && redlock)
        throw CLI::ValidationError(
            "--strategies", "redlock needs --redlock URL, five times; or leave it out of --strategies");
}

std::string own_command_line() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
    return command_line_of(words, shown_value);
}

}  // namespace dibs::cli
