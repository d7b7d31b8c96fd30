#pragma once

#include "report/runs.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dibs::report {

struct result_source {
    std::filesystem::path path;
    std::optional<std::string> strategy;  ///< of its runs, where they do not say it themselves
};

struct results {
    run_collection runs;
    std::vector<std::string> notes;  ///< what was odd, though it could be read
};

/// Gives each run of the sources to `take`, and returns what was odd. Reads and throws as `read_results`.
std::vector<std::string> read_runs(const std::vector<result_source>& sources, const run_taker& take);

/// Reads files (text of k6, a report.md, JSON of k6 or dibs) and folders of `dibs bench` (all run files in
/// them). Throws unreadable; nothing that looks like a run is left out silently.
results read_results(const std::vector<result_source>& sources);

}  // namespace dibs::report
