#pragma once

#include <CLI/CLI.hpp>

/// One function a subcommand: it declares its options on `app` and leaves its exit status in `status`.
namespace dibs::cli {

enum exit_status : int { success = 0, failure = 1, usage = 2, thresholds_crossed = 99 };

void add_up(CLI::App& app, int& status);

}  // namespace dibs::cli
