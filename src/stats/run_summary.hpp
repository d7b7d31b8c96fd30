#pragma once

#include "stats/metrics.hpp"
#include "stats/threshold.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace dibs::stats {

/// Something that an answer should be, and how often it was.
struct check {
    std::string name;
    std::uint64_t passes = 0;
    std::uint64_t fails = 0;
};

/// What is left of a run when it is over.
struct run_summary {
    std::vector<check> checks;
    std::vector<threshold_outcome> thresholds;
    metric_table metrics;
    std::chrono::nanoseconds duration{0};

    bool crossed_thresholds() const {
        return std::any_of(thresholds.begin(), thresholds.end(),
                           [](const auto& judged) { return judged.crossed; });
    }
};

}  // namespace dibs::stats
