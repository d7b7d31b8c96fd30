#include "cli/bench/bench_capacity.hpp"

#include "capacity/measure.hpp"
#include "cli/bench/bench_stage.hpp"
#include "cli/commands.hpp"
#include "cli/progress_line.hpp"
#include "core/atomic_file.hpp"
#include "load/stage.hpp"
#include "report/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace dibs::cli {
namespace {

constexpr const char* capacity_file = "capacity.json";
constexpr std::chrono::minutes longest_step{1};

struct capacity_flags {
    std::string p99 = "50ms";
    std::string step = "5s";
    double first = 500;
    double precision = 0.1;
};

std::chrono::nanoseconds time_in(const char* option, const std::string& text) try {
    const auto time = load::parse_duration(text);
    if (time <= std::chrono::nanoseconds(0)) throw load::bad_scenario("it has to be more than nothing");
    return time;
} catch (const load::bad_scenario& wrong) {
    throw CLI::ValidationError(option, wrong.what());
}

/// Where the results go. A folder of a bench is welcome: the report then shows both.
std::filesystem::path place_in(const bench_flags& shared) {
    const std::filesystem::path folder =
        shared.out.empty() ? default_results_folder() : std::filesystem::path(shared.out);
    std::filesystem::create_directories(folder);
    if (std::filesystem::exists(folder / capacity_file))
        throw std::runtime_error(
            fmt::format("{} has a {} already; give --out another folder", folder.native(), capacity_file));
    return folder / capacity_file;
}

/// The searches of a command, and the file that grows with them.
class capacity_bench {
   public:
    capacity_bench(const bench_flags& shared, const capacity_flags& flags)
        : names_(shared.strategies.empty() ? all_strategy_names() : shared.strategies) {
        how_.wanted.p99 = time_in("--p99", flags.p99);
        how_.step = std::chrono::ceil<std::chrono::milliseconds>(time_in("--step", flags.step));
        if (how_.step > longest_step)
            throw CLI::ValidationError("--step", "a minute at most: a user signs up for each of its claims");
        how_.repeats = shared.measuring.repeats.value_or(how_.repeats);
        const bool batch = std::ranges::count(names_, "batch") > 0;
        how_.search = {.first = flags.first,
                       .highest = batch ? most_by_batch : most_one_by_one,
                       .precision = flags.precision};
        found_.p99_ms = std::chrono::duration<double, std::milli>(how_.wanted.p99).count();
        found_.step_s = std::chrono::duration<double>(how_.step).count();
        found_.precision = flags.precision;
        found_.connections = shared.measuring.connections.value_or(claims_bench::setting().connections);
    }

    /// The file has what was found, after each search.
    void run(const std::filesystem::path& place) {
        bench_stage servers;
        note_circumstances(servers.urls());
        progress_line progress;
        const auto setting = setting_for();
        progress.show(fmt::format("{} users sign up …", setting.users));
        claims_bench::stage stage(servers.own(), setting);
        capacity::demand_offered(stage, names_);
        for (const auto& name : names_) found_.strategies.push_back({name});
        // All strategies in turn: what an hour or a neighbour does to the machine befalls each of them.
        for (std::size_t repeat = 1; repeat <= how_.repeats; ++repeat)
            for (auto& one : found_.strategies) {
                const auto watch = [&](double rate) {
                    progress.show(fmt::format("{}: search {} of {}, {:.0f} claims/s …", one.strategy, repeat,
                                              how_.repeats, rate));
                };
                capacity::search_once(stage, one, how_, watch);
                atomic_file(place).keep(json());
            }
    }

    std::string json() const {
        auto all = head_;
        for (auto& [key, value] : capacity::json_of(found_)) all[key] = std::move(value);
        return report::json_text(all);
    }
    const capacity::capacity_run& found() const { return found_; }

   private:
    void note_circumstances(const experiment::server_urls& servers) {
        head_ = {{"format", 1},
                 {"command", own_command_line()},
                 {"version", DIBS_VERSION},
                 {"started", experiment::utc_now()},
                 {"machine", json_of(machine_with(servers))}};
    }

    /// As many users as the most requests that a step may send: each claims once.
    claims_bench::setting setting_for() const {
        claims_bench::setting made;
        made.executable = std::filesystem::canonical("/proc/self/exe");
        made.connections = found_.connections;
        made.length = how_.step;
        made.users = static_cast<std::size_t>(std::ceil(how_.search.highest * found_.step_s)) + 1;
        return made;
    }

    std::vector<std::string> names_;
    capacity::measuring how_;
    capacity::capacity_run found_;
    boost::json::object head_;
};

int run_capacity(const capacity_flags& flags, const bench_flags& shared) {
    std::optional<atomic_file> copy;
    if (!shared.measuring.json.empty()) copy.emplace(shared.measuring.json);
    capacity_bench bench(shared, flags);
    const auto place = place_in(shared);
    bench.run(place);
    fmt::print("Highest claim rate with p99 under {:g} ms in {:g} s, {} connections:\n\n{}\n",
               bench.found().p99_ms, bench.found().step_s, bench.found().connections,
               capacity::table(bench.found()));
    fmt::print("results in {}\n", place.native());
    if (copy) copy->keep(bench.json());
    return success;
}

}  // namespace

std::function<bool(int&)> add_bench_capacity(CLI::App& bench, const bench_flags& shared) {
    auto flags = std::make_shared<capacity_flags>();
    auto* capacity = bench.get_option("--capacity");
    const auto option = [&](const char* name, auto& value, const char* what) {
        return bench.add_option(name, value, what)->needs(capacity)->group("Capacity")->capture_default_str();
    };
    option("--p99", flags->p99, "What the 99th percentile of the latencies must stay under")
        ->type_name("TIME");
    option("--step", flags->step, "How long each rate has to be held")->type_name("TIME");
    option("--first-rate", flags->first, "Claims a second to begin with")->check(CLI::Range(1.0, 1e5));
    option("--precision", flags->precision, "How far the rate that failed may be above the one that held")
        ->check(CLI::Range(0.01, 1.0));
    return [flags, &shared](int& status) {
        if (shared.measuring.capacity) status = run_capacity(*flags, shared);
        return shared.measuring.capacity;
    };
}

}  // namespace dibs::cli
