#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::report {

/// What the published table takes from a run.
struct run_figures {
    double success_pct = 0;  ///< of claims, 0 to 100
    double duration_s = 0;   ///< p95 of http_req_duration, in seconds
};

struct strategy_runs {
    std::string strategy;
    std::vector<run_figures> runs;
};

/// The runs of an experiment by strategy: the published strategies first, in their order, then the others as
/// they came.
class run_collection {
   public:
    void add(std::string_view strategy, const run_figures& run);

    const std::vector<strategy_runs>& strategies() const { return strategies_; }
    bool empty() const { return strategies_.empty(); }

   private:
    std::vector<strategy_runs> strategies_;
};

/// A file that cannot be read as results. The message names the file and the line, and says what to do.
class unreadable : public std::runtime_error {
   public:
    unreadable(std::string_view file, std::size_t line, std::string_view why);
    /// Of the file as a whole.
    unreadable(std::string_view file, std::string_view why);
};

}  // namespace dibs::report
