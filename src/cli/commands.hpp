#pragma once

#include <CLI/CLI.hpp>

/// One function a subcommand: it declares its options on `app` and leaves its exit status in `status`.
namespace dibs::cli {

enum exit_status : int {
    success = 0,
    failure = 1,
    usage = 2,
    thresholds_crossed = 99,
    wrong_configuration = 104,
    interrupted = 105
};

void add_admin(CLI::App& app, int& status);
void add_bench(CLI::App& app, int& status);
void add_break(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_compare(CLI::App& app, int& status);
void add_completion(CLI::App& app, int& status);
void add_serve(CLI::App& app, int& status);
void add_soak(CLI::App& app, int& status);
void add_stats(CLI::App& app, int& status);
void add_lock(CLI::App& app, int& status);
void add_load(CLI::App& app, int& status);
void add_measure(CLI::App& app, int& status);
void add_ps(CLI::App& app, int& status);
void add_report(CLI::App& app, int& status);
void add_torture(CLI::App& app, int& status);
void add_up(CLI::App& app, int& status);

}  // namespace dibs::cli
