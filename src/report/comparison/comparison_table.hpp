#pragma once

#include "report/runs.hpp"
#include "stats/comparison.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::report {

/// Which p95 strategies are compared by.
enum class compared_metric {
    requests,  ///< of http_req_duration, sign-ups among them, as published
    claims     ///< of claims alone, all attempts
};

/// A strategy's figures over its runs.
struct comparison_row {
    std::string strategy;
    std::size_t runs = 0;
    double success_pct = 0;  ///< mean
    std::optional<stats::interval> success_interval = {};
    double p95_ms = 0;  ///< geometric mean of the runs' p95, over the rounds that are compared
    std::optional<stats::interval> p95_interval = {};
    double mean_p95_ms = 0;                          ///< arithmetic mean over all runs: a mean of percentiles
    std::optional<double> merged_p95_ms = {};        ///< of the samples of all runs together
    std::optional<double> merged_issued_ms = {};     ///< of the claims that were issued; for claims
    std::optional<stats::wrongs> wrong = {};         ///< over all its runs, where they say it
    std::optional<stats::pair_result> to_best = {};  ///< ratio to the first that is ranked
    std::string letters = {};                        ///< empty where it is not ranked
};

struct comparison_table {
    compared_metric metric = compared_metric::requests;
    stats::comparison_result compared;
    std::vector<comparison_row> rows;       ///< best first; those that are disqualified last
    std::vector<std::string> without = {};  ///< strategies that have no such p95 at all; no row is of them
};

/// Compares in rounds where every run says its round, and otherwise as groups of runs. Who issued wrongly is
/// not compared; nor is who has no such p95 at all. Pure.
comparison_table compare_runs(const std::vector<single_run>& runs, compared_metric metric,
                              double confidence = 0.95);

/// What can be said and what not, as `comparison_sentences`.
std::vector<std::string> sentences_of(const comparison_table& table);

/// The mean success in per cent with two decimals; not rounded up, least of all to 100.
std::string success_text(const comparison_row& row);

/// Heading, table and sentences.
std::string comparison_markdown(const comparison_table& table);
/// All digits, every pair; what does not exist is null.
boost::json::object comparison_json(const comparison_table& table);
/// The counts by name; null where nothing was said.
boost::json::value wrongs_json(const std::optional<stats::wrongs>& counted);

}  // namespace dibs::report
