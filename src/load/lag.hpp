#pragma once

#include "core/asio.hpp"
#include "stats/sinks.hpp"

#include <chrono>

namespace dibs::load {

/// How well the generator kept its own time during a run: what it was late is in every latency it reports.
struct generator_report {
    std::chrono::nanoseconds lag_median{0};
    std::chrono::nanoseconds lag_p99{0};
    std::chrono::nanoseconds lag_worst{0};
    /// How late iterations began; of the open model alone.
    std::chrono::nanoseconds start_lag_p99{0};
    double cpu_share = 0;  ///< of one core: the generator runs on a single thread

    /// True: the latencies say as much about the generator, or about a machine too busy to run it, as about
    /// the service.
    bool was_bottleneck() const;
    /// True: by its own doing, having used up its core.
    bool was_saturated() const;
};

/// A heartbeat at fixed times beside the virtual users on their thread: a beat is late when they, or other
/// processes, keep the thread from running. Missed beats count as well, each with its own lateness.
class lag_probe {
   public:
    lag_probe();

    /// Beats until it is cancelled.
    task<void> beat();
    /// Records the beats from `due` to `now` and returns the next one.
    steady::time_point record_until(steady::time_point due, steady::time_point now);
    generator_report report() const;

   private:
    steady::time_point begin_;
    std::chrono::nanoseconds cpu_before_;
    stats::trend lags_;  // milliseconds
};

}  // namespace dibs::load
