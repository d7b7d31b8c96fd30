#include "experiment/bench_outline.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dibs::experiment {
namespace {

namespace json = boost::json;

constexpr int format_of_folder = 2;

const char* name_of(server_owner whose) { return whose == server_owner::ours ? "ours" : "given"; }

json::object runs_by_strategy(const bench_outline& bench) {
    json::object strategies;
    for (const auto& name : bench.strategies()) strategies[name] = json::object{{"runs", json::array()}};
    for (const auto& run : bench.runs)
        strategies[run.strategy].as_object()["runs"].as_array().push_back(json_of(run));
    return strategies;
}

std::vector<run_outline> runs_in(const json::value& strategies) {
    std::vector<run_outline> runs;
    for (const auto& [name, strategy] : strategies.as_object())
        for (const auto& run : strategy.at("runs").as_array()) runs.push_back(run_outline_from(name, run));
    std::ranges::sort(runs, {}, [](const run_outline& run) { return std::pair(run.round, run.position); });
    return runs;
}

bench_outline outline_in(const json::value& value) {
    const auto text = [&](const char* key) { return std::string(value.at(key).as_string()); };
    bench_outline read;
    auto known = profile_named(text("profile"));
    if (!known) throw std::runtime_error("its profile is none of this version's: " + text("profile"));
    read.ran = *std::move(known);
    read.ran.rounds = value.at("rounds").to_number<int>();
    read.seed = value.at("seed").to_number<std::uint64_t>();
    for (const auto& round : value.at("order").as_array()) {
        read.order.emplace_back();
        for (const auto& name : round.as_array()) read.order.back().emplace_back(name.as_string());
    }
    read.command = text("command");
    read.version = text("version");
    read.started = text("started");
    read.on = machine_from(value.at("machine"));
    read.processes = value.at("service").at("processes").to_number<int>();
    read.servers = text("servers") == name_of(server_owner::given) ? server_owner::given : server_owner::ours;
    if (const auto* scenario = value.as_object().if_contains("scenario"))
        read.scenario = scenario->as_object();
    read.runs = runs_in(value.at("strategies"));
    return read;
}

}  // namespace

std::vector<std::string> bench_outline::strategies() const {
    auto names = order.empty() ? std::vector<std::string>() : order.front();
    std::ranges::sort(names);
    return names;
}

json::object json_of(const bench_outline& bench) {
    json::array order;
    for (const auto& round : bench.order) {
        auto& names = order.emplace_back(json::array()).as_array();
        for (const auto& name : round) names.emplace_back(name);
    }
    json::object made{{"format", format_of_folder},
                      {"profile", bench.ran.name},
                      {"seed", bench.seed},
                      {"command", bench.command},
                      {"version", bench.version},
                      {"started", bench.started},
                      {"finished", bench.finished()},
                      {"machine", json_of(bench.on)},
                      {"service", {{"processes", bench.processes}}},
                      {"servers", name_of(bench.servers)}};
    if (!bench.scenario.empty()) made["scenario"] = bench.scenario;
    made["rounds"] = bench.ran.rounds;
    made["order"] = std::move(order);
    made["strategies"] = runs_by_strategy(bench);
    return made;
}

bench_outline bench_outline_from(std::string_view text) try {
    const auto value = json::parse(text);
    const auto* const format = value.as_object().if_contains("format");
    if (format == nullptr || *format != format_of_folder)
        throw std::runtime_error(
            fmt::format("it is not of format {}: an older version of dibs wrote it", format_of_folder));
    return outline_in(value);
} catch (const std::exception& wrong) {
    throw std::runtime_error(fmt::format("no summary of a bench that could go on: {}", wrong.what()));
}

machine_differences differences(const bench_outline& before, const bench_outline& now) {
    auto found = differences(before.on, now.on);
    if (before.version != now.version)
        found.that_matter.push_back(fmt::format("dibs was {}, now {}", before.version, now.version));
    if (before.processes != now.processes)
        found.that_matter.push_back(
            fmt::format("service processes were {}, now {}", before.processes, now.processes));
    if (before.servers != now.servers)
        found.that_matter.emplace_back(
            before.servers == server_owner::given
                ? "its servers were given: give --redis, --redlock and --postgres again"
                : "it ran on servers of its own: leave out --redis and --postgres");
    return found;
}

}  // namespace dibs::experiment
