#pragma once

#include "experiment/account.hpp"
#include "load/generator.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace dibs::experiment {

/// The sell-out burst of a run.
struct sell_out {
    std::int64_t users = 0;
    std::int64_t issued = 0;
    std::int64_t refused = 0;  ///< told that it was sold out
    std::int64_t other = 0;    ///< any other answer, or none
    account books;
};

/// One run of one strategy: the load, the burst, and what the database says to both.
struct run_record {
    std::string strategy;
    int round = 0;
    load::run_result load;
    account books;
    sell_out burst;

    double success_rate() const;  ///< of claims, 0 to 1
    double p95_ms() const;        ///< of all requests
    double claim_p95_ms() const;
    double iterations() const;
    /// The books of both are exact and the burst issued its stock to the last piece.
    bool correct() const;
};

/// What the database says to the runs of a bench, in a sentence or two.
std::string describe_books(const std::vector<run_record>& runs);

/// A run as summary.json lists it.
boost::json::object summary_of(const run_record& run);
/// What dibs knows of a run beside k6's figures, for the run's own file.
boost::json::object details_of(const run_record& run);

}  // namespace dibs::experiment
