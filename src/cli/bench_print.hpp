#pragma once

#include "experiment/results_folder.hpp"

namespace dibs::cli {

/// What a bench came to, on stdout.
void print_bench(const experiment::bench_outline& bench, const experiment::results_folder& results);

/// What one that was interrupted or failed has left, and how to go on; on stderr.
void print_unfinished(const experiment::bench_outline& bench, const experiment::results_folder& results);

}  // namespace dibs::cli
