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
    std::vector<single_run> runs;
    std::vector<std::string> notes;  ///< what was odd, though it could be read
};

/// Reads files (text of k6, a report.md, JSON of k6 or dibs) and folders of `dibs bench` (all run files in
/// them). Gives each run to `take`, and returns what was odd. Throws unreadable; nothing that looks like a
/// run is left out silently.
std::vector<std::string> read_runs(const std::vector<result_source>& sources, const run_taker& take);
/// The same, keeping them.
results read_results(const std::vector<result_source>& sources);

}  // namespace dibs::report
