#pragma once

#include "experiment/fairness.hpp"
#include "load/recorder.hpp"
#include "load/run_observer.hpp"
#include "stats/histogram.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

/// What happened in a run and when, as its clients saw it. Pure.
namespace dibs::experiment {

/// Latencies in ms, of everything that was answered or given up.
struct run_latencies {
    stats::histogram request;
    stats::histogram sign_up;
    stats::histogram claim;  ///< whatever came of them
    stats::histogram claim_issued;
};

/// What ended in one second of a run.
struct second_figures {
    std::int64_t t = 0;  ///< the second, from 0
    std::size_t users = 0;
    std::uint64_t requests = 0;
    std::uint64_t claims = 0;  ///< whatever came of them
    std::uint64_t issued = 0;
    std::uint64_t refused = 0;  ///< claims that were sold out, or the user's second
    std::uint64_t failed = 0;   ///< every other claim, and sign-ups
    std::optional<double> claim_p50_ms;
    std::optional<double> claim_p95_ms;
};

/// Bounded memory but for 24 bytes a claim and what a second takes.
class run_samples {
   public:
    using since_begin = std::chrono::nanoseconds;

    // In the order of time:
    void requested(since_begin now, const load::request_record& done);
    void claimed(since_begin now, load::outcome what, std::chrono::nanoseconds took);
    void claim_in_doubt(since_begin now);
    void users(since_begin now, std::size_t running);

    const run_latencies& latencies() const { return latencies_; }
    /// Every second from the first to the last in which anything was told.
    std::vector<second_figures> seconds() const;
    /// The last whole one; a live view's.
    second_figures last_second() const { return done_.empty() ? second_figures{} : done_.back(); }
    fairness order_of_service() const { return fairness_of(claims_); }

   private:
    second_figures& at(since_begin now);
    second_figures under_way() const;

    run_latencies latencies_;
    std::vector<second_figures> done_;
    second_figures now_;
    stats::histogram claims_now_;
    std::vector<claim_times> claims_;
};

/// Notes a run while it happens.
class run_recording final : public load::run_observer {
   public:
    void requested(const load::request_record& done) override { samples_.requested(now(), done); }
    void claimed(load::outcome what, std::chrono::nanoseconds took) override {
        samples_.claimed(now(), what, took);
    }
    void claim_in_doubt() override { samples_.claim_in_doubt(now()); }
    void users(std::size_t running) { samples_.users(now(), running); }

    const run_samples& samples() const { return samples_; }

   private:
    using clock = std::chrono::steady_clock;
    run_samples::since_begin now() const { return clock::now() - begin_; }

    clock::time_point begin_ = clock::now();
    run_samples samples_;
};

}  // namespace dibs::experiment
