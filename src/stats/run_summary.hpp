#pragma once

#include "stats/metric_set.hpp"
#include "stats/threshold.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace dibs::stats {

struct counter_values {
    double count = 0;
    double per_second = 0;
};

struct gauge_values {
    double value = 0;
    double min = 0;
    double max = 0;
};

struct rate_values {
    std::uint64_t passes = 0;
    std::uint64_t fails = 0;

    double value() const;  ///< 0 to 1; 0 without samples
};

/// In milliseconds for durations.
struct trend_values {
    std::uint64_t count = 0;
    double avg = 0;
    double min = 0;
    double med = 0;
    double max = 0;
    double p90 = 0;
    double p95 = 0;
};

using metric_values = std::variant<counter_values, gauge_values, rate_values, trend_values>;

struct metric_summary {
    unit shown_as = unit::plain;
    metric_values values;
};

struct check_result {
    std::string name;
    std::uint64_t passes = 0;
    std::uint64_t fails = 0;
};

enum class verdict { met, crossed };

struct threshold_result {
    metric_name metric;
    condition wanted;
    /// Empty where the metric had no samples: such a threshold is crossed.
    std::optional<double> observed;
    verdict outcome = verdict::crossed;
};

/// What a run has come to: all that k6's end-of-test summary prints.
struct run_summary {
    std::chrono::nanoseconds duration{0};
    std::vector<check_result> checks;
    std::vector<threshold_result> thresholds;
    /// Those with samples.
    std::map<metric_name, metric_summary> metrics;

    bool any_crossed() const;
};

/// One line that names the thresholds that were crossed and says which of them had no samples; for stderr,
/// as k6 does. Empty where all were met.
std::string describe_crossed(const run_summary& run);

/// `checks` are in the order in which they are to be printed. Throws bad_expression for a threshold on what
/// `metrics` does not declare, or on an aggregate that its metric's kind has not; so an early call with the
/// still empty metrics tells whether the thresholds fit.
run_summary summarise(const metric_set& metrics, std::span<const threshold> thresholds,
                      std::vector<check_result> checks, std::chrono::nanoseconds duration);

}  // namespace dibs::stats
