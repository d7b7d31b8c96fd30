#pragma once

#include "experiment/results_folder.hpp"

#include <filesystem>
#include <string>

namespace dibs::cli {

/// What a bench came to, on stdout; with the text that results_folder::write_report gave.
void print_bench(const experiment::bench_outline& bench, const std::filesystem::path& results,
                 const std::string& comparison);

/// What one that was interrupted or failed has left, and how to go on; on stderr.
void print_unfinished(const experiment::bench_outline& bench, const experiment::results_folder& results);

}  // namespace dibs::cli
