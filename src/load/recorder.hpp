#pragma once

#include "load/exchange.hpp"
#include "load/run_observer.hpp"
#include "load/scenario.hpp"
#include "stats/metric_set.hpp"
#include "stats/run_summary.hpp"

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dibs::load {

enum class request_name { sign_up, claim };

/// What k6 would tag alike.
struct request_kind {
    request_name name = request_name::sign_up;
    int status = 0;  ///< 0: no answer came

    auto operator<=>(const request_kind&) const = default;
};

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
    std::chrono::nanoseconds took{0};
};

/// A claim whose answer said that it was issued. It must be in the database.
struct acknowledged_claim {
    std::string claim_id;
    std::string email;
};

/// What became of the claims, for those who compare it with the database.
struct claim_log {
    std::vector<acknowledged_claim> acknowledged;  ///< empty unless the scenario keeps them
    std::array<std::uint64_t, outcome_kinds> outcomes{};
    stats::trend latency;  ///< of all claims, whatever came of them; milliseconds

    std::uint64_t count(outcome what) const { return outcomes.at(static_cast<std::size_t>(what)); }
};

struct run_counts {
    std::uint64_t iterations = 0;   ///< finished
    std::uint64_t interrupted = 0;  ///< cut off
    std::uint64_t dropped = 0;      ///< never begun: all users were busy
    std::uint64_t requests = 0;
    std::uint64_t failed_requests = 0;
};

/// Counts everything that happens in a run, under the names that k6 and the published script gave it. Pure.
class recorder {
   public:
    /// Submetrics that a threshold is on are measured. Throws bad_scenario for one that cannot be.
    explicit recorder(const scenario& asked);
    explicit recorder(std::vector<stats::threshold> thresholds = {});
    recorder(const recorder&) = delete;
    recorder& operator=(const recorder&) = delete;

    /// Must outlive this.
    void tell(run_observer& observer) { observer_ = &observer; }

    void request(const request_record& done);
    void signed_up(const sign_up_record& seen);
    void claimed(const claim_record& seen);
    void acknowledged(acknowledged_claim claim) {
        if (keeps_acknowledged_) log_.acknowledged.push_back(std::move(claim));
    }
    /// A claim was cut off after it had been sent.
    void claim_in_doubt() {
        ++count_of(outcome::in_doubt);
        observer_->claim_in_doubt();
    }
    void iteration(std::chrono::nanoseconds took);
    // Of the open model, whose iterations have a time at which they are to begin:
    void began(std::chrono::nanoseconds late) { start_lag_.add(late); }
    void claim_from_intended(std::chrono::nanoseconds took) { intended_claim_.add(took); }
    void iteration_from_intended(std::chrono::nanoseconds took) { intended_iteration_.add(took); }
    void dropped();
    /// Remembers the first: why requests fail is seldom seen in numbers.
    void failed(const std::string& why) {
        if (first_failure_.empty()) first_failure_ = why;
    }
    void interrupted() { ++counts_.interrupted; }
    void users(std::size_t running, std::uint32_t existing);

    const run_counts& counts() const { return counts_; }
    const std::string& first_failure() const { return first_failure_; }
    const claim_log& claims() const { return log_; }
    claim_log take_claims() { return std::move(log_); }
    /// How late iterations began at that share of them, 0 to 1; zero in the closed model.
    std::chrono::nanoseconds start_lag(double share) const;
    stats::run_summary summary(std::chrono::nanoseconds duration) const;
    /// The first threshold that is crossed after so long a run and is to end it then; null: none.
    const stats::threshold* abort_reason(std::chrono::nanoseconds elapsed) const;

   private:
    /// The channels of one kind of answer.
    struct answers {
        stats::channel requests;
        stats::channel duration;
        stats::channel failed;
    };

    static stats::metric_set declared(const std::vector<stats::threshold>& thresholds);
    const answers& answers_of(const request_kind& kind);
    void check(std::size_t which, bool passed);
    std::uint64_t& count_of(outcome what) { return log_.outcomes.at(static_cast<std::size_t>(what)); }

    std::vector<stats::threshold> thresholds_;
    bool keeps_acknowledged_ = true;
    stats::metric_set metrics_;
    std::map<request_kind, answers> answers_;  // those that have been seen
    stats::channel issue_success_;
    stats::channel issue_errors_;
    stats::channel iterations_;
    stats::channel iteration_duration_;
    stats::channel users_;
    stats::channel users_max_;
    stats::channel data_sent_;
    stats::channel data_received_;
    stats::channel dropped_iterations_;
    stats::channel start_lag_;
    stats::channel intended_claim_;
    stats::channel intended_iteration_;
    std::array<stats::rate, 4> checks_;  // in the order in which an iteration makes them
    std::vector<stats::channel> check_metrics_;
    run_counts counts_;
    claim_log log_;
    std::string first_failure_;
    run_observer nobody_;
    run_observer* observer_ = &nobody_;
};

}  // namespace dibs::load
