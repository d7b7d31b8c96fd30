#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

/// When iterations begin in an open model, computed from the rate alone (k6's executors
/// `constant-arrival-rate` and `ramping-arrival-rate`). Pure.
namespace dibs::load {

/// A straight ramp from the rate before it to `target`, a second; of length zero: a jump.
struct rate_stage {
    std::chrono::nanoseconds length;
    double target = 0;
};

/// Iterations begin at their time, whether those before them have ended or not.
struct arrival_rate {
    double start = 0;  ///< a second
    std::vector<rate_stage> stages;
    /// That iterate at a time. An iteration that finds all of them busy is dropped.
    std::uint32_t most_users = 1000;

    /// The same rate, above zero, all the time.
    static arrival_rate constant(double rate, std::chrono::nanoseconds length);
    bool is_constant() const { return start > 0 && stages.size() == 1 && stages.front().target == start; }
};

/// The times at which iterations are to begin: the n-th where the integral of the rate reaches n. At a
/// constant rate the first begins at once, the n-th at (n − 1) / rate; both as in k6.
class arrival_schedule {
   public:
    explicit arrival_schedule(const arrival_rate& rate);

    /// Since the start of the run, of the iteration `number`, from 0; empty when the stages are over by then.
    std::optional<std::chrono::nanoseconds> start(std::uint64_t number) const;
    std::chrono::nanoseconds length() const { return length_; }

   private:
    struct piece {
        std::chrono::nanoseconds begin;
        double from = 0;  // a second
        double to = 0;
        double seconds = 0;
        double before = 0;  // iterations begun
        double after = 0;
    };

    std::vector<piece> pieces_;
    std::chrono::nanoseconds length_{0};
    bool first_at_once_;
};

}  // namespace dibs::load
