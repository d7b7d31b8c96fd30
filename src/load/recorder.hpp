#pragma once

#include "load/exchange.hpp"
#include "stats/metric_set.hpp"
#include "stats/run_summary.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace dibs::load {

enum class request_name { sign_up, claim };

/// A request and its answer, or what stood in for one.
struct request_record {
    request_name name = request_name::sign_up;
    int status = 0;  ///< 0: no answer came
    std::chrono::nanoseconds took{0};
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
};

struct sign_up_record {
    bool is_201 = false;
    bool has_token = false;
};

struct claim_record {
    bool is_201 = false;
    bool has_id = false;
    outcome what = outcome::error;
};

/// A claim whose answer said that it was issued. It must be in the database.
struct acknowledged_claim {
    std::string claim_id;
    std::string email;
};

/// What became of the claims, for those who compare it with the database.
struct claim_log {
    std::vector<acknowledged_claim> acknowledged;
    std::array<std::uint64_t, outcome_kinds> outcomes{};
    stats::trend latency;  ///< of all claims, whatever came of them; milliseconds

    std::uint64_t count(outcome what) const { return outcomes.at(static_cast<std::size_t>(what)); }
};

struct run_counts {
    std::uint64_t iterations = 0;   ///< finished
    std::uint64_t interrupted = 0;  ///< cut off
    std::uint64_t requests = 0;
    std::uint64_t failed_requests = 0;
};

/// Counts everything that happens in a run, under the names that k6 and the published script gave it. Pure.
class recorder {
   public:
    /// Submetrics that a threshold is on are measured. Throws bad_scenario for one that cannot be.
    explicit recorder(std::vector<stats::threshold> thresholds = {});
    recorder(const recorder&) = delete;
    recorder& operator=(const recorder&) = delete;

    void request(const request_record& done);
    void signed_up(const sign_up_record& seen);
    void claimed(const claim_record& seen);
    void acknowledged(acknowledged_claim claim) { log_.acknowledged.push_back(std::move(claim)); }
    /// A claim was cut off after it had been sent.
    void claim_in_doubt() { ++count_of(outcome::in_doubt); }
    void iteration(std::chrono::nanoseconds took);
    /// Remembers the first: why requests fail is seldom seen in numbers.
    void failed(const std::string& why) {
        if (first_failure_.empty()) first_failure_ = why;
    }
    void interrupted() { ++counts_.interrupted; }
    void users(std::size_t running, std::uint32_t existing);

    const run_counts& counts() const { return counts_; }
    const std::string& first_failure() const { return first_failure_; }
    const claim_log& claims() const { return log_; }
    stats::run_summary summary(std::chrono::nanoseconds duration) const;

   private:
    /// The channels of one kind of answer, by its tags.
    struct answers {
        stats::channel requests;
        stats::channel duration;
        stats::channel failed;
    };

    static stats::metric_set declared(const std::vector<stats::threshold>& thresholds);
    answers open(request_name name, const char* expected);
    std::uint64_t& count_of(outcome what) { return log_.outcomes.at(static_cast<std::size_t>(what)); }

    std::vector<stats::threshold> thresholds_;
    stats::metric_set metrics_;
    std::array<answers, 4> answers_;  // by name, then by whether the answer was the expected one
    stats::channel issue_success_;
    stats::channel issue_errors_;
    stats::channel iterations_;
    stats::channel iteration_duration_;
    stats::channel users_;
    stats::channel users_max_;
    stats::channel data_sent_;
    stats::channel data_received_;
    std::array<stats::rate, 4> checks_;  // in the order in which an iteration makes them
    run_counts counts_;
    claim_log log_;
    std::string first_failure_;
};

}  // namespace dibs::load
