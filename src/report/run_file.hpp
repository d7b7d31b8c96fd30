#pragma once

#include "report/k6/k6_log.hpp"

#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::report {

/// Reads a log of k6 summaries line by line, giving each run to `take` at once; returns what a reader should
/// know. Throws unreadable.
std::vector<std::string> read_k6_text(std::istream& text, log_origin origin, const run_taker& take);

/// Reads JSON: k6's `--summary-export`, also with `--new-machine-readable-summary`, a run of dibs (the former
/// with "dibs"), or the summary.json of a bench. Throws unreadable; what is missing is named by its path.
std::vector<single_run> read_run_json(std::string_view text, const log_origin& origin);

}  // namespace dibs::report
