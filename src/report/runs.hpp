#pragma once

#include "stats/correctness.hpp"
#include "stats/histogram.hpp"

#include <cstddef>
#include <functional>
#include <optional>
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

/// What the files of dibs say of a run beyond that. Latencies without samples: not said.
struct run_details {
    int round = 0;  ///< from 1; 0: not said
    std::optional<double> claim_p95_ms;
    std::optional<double> iterations;
    std::optional<double> issued_per_s;
    std::optional<stats::wrongs> wrong;
    stats::histogram requests;
    stats::histogram claims;  ///< all attempts
    stats::histogram issued;  ///< the claims among them that were issued
};

struct single_run {
    std::string strategy;
    run_figures figures;
    run_details details = {};
};

/// Over all the strategy's runs that say it; empty where none does.
std::optional<stats::wrongs> wrongs_in_runs(const std::vector<single_run>& runs, std::string_view strategy);

using run_taker = std::function<void(single_run&&)>;

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
