#include "cli/bench/claims_bench.hpp"

#include "claims_bench/constant_server.hpp"
#include "claims_bench/generator.hpp"
#include "claims_bench/suite.hpp"
#include "cli/bench/bench_stage.hpp"
#include "cli/commands.hpp"
#include "cli/progress_line.hpp"
#include "core/atomic_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dibs::cli {
namespace {

struct claims_flags {
    std::vector<std::string> only;
    double seconds = 3;
    claims_bench::setting how;
};

std::vector<std::string> claims_figure_names() {
    std::vector<std::string> names;
    for (const auto& one : claims_bench::suite())
        names.insert(names.end(), one.names.begin(), one.names.end());
    return names;
}

bool asked_for(const claims_bench::measurement& what, const std::vector<std::string>& only) {
    return only.empty() || std::ranges::any_of(what.names, [&](const std::string& name) {
               return std::ranges::find(only, name) != only.end();
           });
}

std::size_t users_for(const claims_flags& flags) {
    const auto wants = [&](const char* name) {
        return flags.only.empty() || std::ranges::find(flags.only, name) != flags.only.end();
    };
    double users = flags.seconds * most_one_by_one;
    if (wants("claims_batch")) users = std::max(users, flags.seconds * most_by_batch);
    if (wants("claims_batch_p99")) users = std::max(users, flags.seconds * flags.how.rate + 1);
    return static_cast<std::size_t>(std::ceil(std::max(users, 10'000.0)));
}

std::vector<claims_bench::figure> measure_claims(const claims_flags& flags) {
    bench_stage servers;
    auto how = flags.how;
    how.executable = std::filesystem::canonical("/proc/self/exe");
    how.length = std::chrono::milliseconds(std::lround(flags.seconds * 1000));
    how.users = users_for(flags);
    progress_line progress;
    progress.show(fmt::format("{} users sign up …", how.users));
    claims_bench::stage stage(servers.own(), how);
    std::vector<claims_bench::figure> figures;
    for (const auto& one : claims_bench::suite()) {
        if (!asked_for(one, flags.only)) continue;
        progress.show(fmt::format("{} …", fmt::join(one.names, ", ")));
        for (auto& found : one.run(stage)) figures.push_back(std::move(found));
    }
    return figures;
}

int run_claims_bench(claims_flags flags, const measuring_flags& shared) {
    std::optional<atomic_file> file;
    if (!shared.json.empty()) file.emplace(shared.json);
    flags.how.repeats = shared.repeats.value_or(flags.how.repeats);
    flags.how.connections = shared.connections.value_or(flags.how.connections);
    const auto figures = measure_claims(flags);
    fmt::print("{}", claims_bench::table(figures));
    if (file) file->keep(claims_bench::json(figures));
    return success;
}

}  // namespace

std::function<bool(int&)> add_claims_bench(CLI::App& bench, const bench_flags& shared) {
    auto flags = std::make_shared<claims_flags>();
    auto* claims = bench.get_option("--claims");
    const auto option = [&](const char* name, auto& value, const char* what) {
        return bench.add_option(name, value, what)->needs(claims)->group("Claims");
    };
    option("--only", flags->only, "These figures, separated by commas [all]")
        ->delimiter(',')
        ->check(CLI::IsMember(claims_figure_names()))
        ->type_name("NAME");
    option("--seconds", flags->seconds, "Of each repeat")
        ->check(CLI::Range(0.1, 60.0))
        ->capture_default_str();
    option("--rate", flags->how.rate, "Claims a second of claims_batch_p99")
        ->check(CLI::Range(1.0, 1e6))
        ->capture_default_str();
    return [flags, &shared](int& status) {
        if (shared.measuring.claims) status = run_claims_bench(*flags, shared.measuring);
        return shared.measuring.claims;
    };
}

void add_claims_bench_processes(CLI::App& app) {
    auto orders = std::make_shared<std::string>();
    auto* load = app.add_subcommand("claims-load", "The generator of dibs bench --claims")->group("");
    load->add_option("ORDERS", *orders)->required();
    load->callback([orders] {
        const auto say_connected = [] {
            fmt::print("connected\n");
            std::fflush(stdout);
        };
        const auto what = claims_bench::load_orders_from(*orders);
        fmt::print("{}\n", claims_bench::to_json(claims_bench::generate(what, say_connected)));
    });

    struct constant {
        std::uint16_t port = 0;
        std::string body;
    };
    auto says = std::make_shared<constant>();
    auto* bare =
        app.add_subcommand("constant-answer", "The bare HTTP server of dibs bench --claims")->group("");
    bare->add_option("PORT", says->port)->required();
    bare->add_option("BODY", says->body)->required();
    bare->callback([says] {
        claims_bench::serve_constant(says->port, says->body, [](std::uint16_t port) {
            fmt::print("{}\n", port);
            std::fflush(stdout);
        });
    });
}

}  // namespace dibs::cli
