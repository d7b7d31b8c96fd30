#pragma once

#include "cli/bench/bench_flags.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace dibs::cli {

/// The options of `dibs bench --claims` alone. `shared` must outlive what is returned, which runs it where it
/// was asked for, and returns whether it was.
std::function<bool(int& status)> add_claims_bench(CLI::App& bench, const bench_flags& shared);

/// The processes that it starts: its load generator, and the bare HTTP server.
void add_claims_bench_processes(CLI::App& app);

}  // namespace dibs::cli
