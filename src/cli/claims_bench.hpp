#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace dibs::cli {

/// `dibs bench --claims` and its options. What is returned runs it where it was asked for, and returns
/// whether it was.
std::function<bool(int& status)> add_claims_bench(CLI::App& bench);

/// The processes that it starts: its load generator, and the bare HTTP server.
void add_claims_bench_processes(CLI::App& app);

}  // namespace dibs::cli
