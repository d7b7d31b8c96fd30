#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace dibs::experiment {

/// A run as summary.json lists it: what tables, verdicts and a bench that goes on need of it.
struct run_outline {
    std::string strategy;
    int round = 0;
    int position = 0;         ///< in its round, from 1
    double success_rate = 0;  ///< of claims, 0 to 1
    double p95_ms = 0;        ///< of all requests
    double claim_p95_ms = 0;
    std::int64_t iterations = 0;
    std::int64_t claims = 0;  ///< attempts
    std::int64_t issued = 0;
    double issued_per_s = 0;
    double duration_s = 0;
    // Of the load and the sell-out together:
    std::int64_t acknowledged = 0;  ///< of the load alone
    std::int64_t oversold = 0;
    std::int64_t duplicates = 0;
    std::int64_t lost = 0;
    std::int64_t unexplained = 0;
    std::int64_t miscounted = 0;
    std::int64_t conflicts = 0;
    struct {
        std::int64_t issued = 0;
        std::int64_t refused = 0;
        std::int64_t other = 0;
    } sell_out;
    bool correct = false;         ///< as run_record::correct()
    bool thresholds_met = false;  ///< all of them
};

boost::json::object json_of(const run_outline& run);
/// Throws std::exception.
run_outline run_outline_from(std::string strategy, const boost::json::value& json);

/// What the database says to the runs of a bench, in a sentence or two.
std::string describe_books(const std::vector<run_outline>& runs);

}  // namespace dibs::experiment
