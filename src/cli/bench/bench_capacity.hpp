#pragma once

#include "cli/bench/bench_flags.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace dibs::cli {

/// The options of `dibs bench --capacity` alone. `shared` must outlive what is returned, which runs it where
/// it was asked for, and returns whether it was.
std::function<bool(int& status)> add_bench_capacity(CLI::App& bench, const bench_flags& shared);

}  // namespace dibs::cli
