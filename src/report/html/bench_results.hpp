#pragma once

#include "stats/histogram.hpp"

#include <boost/json/value.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::report::html {

/// A run as the bench's summary lists it, and its own file.
struct bench_run {
    int round = 0;
    int position = 0;           ///< in its round, from 1; 0: not known
    boost::json::value listed;  ///< its entry in summary.json
    boost::json::value file;    ///< null: there is none
};

struct bench_strategy {
    std::string name;
    std::vector<bench_run> runs;  ///< by round
};

/// What `dibs bench` left in a folder, and what other commands left beside it (null where they did not).
struct bench_results {
    boost::json::value summary;
    std::vector<bench_strategy> strategies;  ///< the published ones first, in their order
    boost::json::value capacity;
    boost::json::value measure;
    boost::json::value claims;
    boost::json::value torture;
    std::vector<std::string> notes;  ///< what was odd, though it could be read

    std::size_t rounds() const;  ///< the most that a strategy has
    bool is_old() const;         ///< from before format 2, which knows no distributions
};

/// Throws unreadable (runs.hpp), which says what to do: no folder, nothing in it that could be shown, damaged
/// JSON. A run's file that is missing becomes a note.
bench_results read_bench(const std::filesystem::path& folder);

/// The histograms at `pointer` of the strategy's files, merged; empty where no run has it. Throws unreadable.
std::optional<stats::histogram> merged(const bench_strategy& of, std::string_view pointer);

/// Over the strategy's files.
double sum_at(const bench_strategy& of, std::string_view pointer);
bool any_has(const bench_strategy& of, std::string_view pointer);

/// Over what the summary lists of its runs; empty where it lists none.
std::optional<double> mean_at(const bench_strategy& of, std::string_view pointer);

}  // namespace dibs::report::html
