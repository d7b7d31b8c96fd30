#pragma once

#include "stats/metrics.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dibs::stats {

/// A threshold that cannot be read or does not fit its metric; the text says what would.
class bad_threshold : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a metric must keep to: `p(95)<2000` of `http_req_duration`.
struct threshold {
    enum class comparison { less, less_or_equal, greater, greater_or_equal, equal, not_equal };

    std::string metric;      ///< with its tags, if any
    std::string expression;  ///< as given
    std::string aggregate;   ///< avg, min, med, max, p(N), rate, count, value
    comparison compared = comparison::less;
    double limit = 0;
};

/// Reads `METRIC:AGGREGATE OPERATOR NUMBER`, as `http_req_duration{name:claim}:p(95)<2000`. Throws
/// bad_threshold.
threshold parse_threshold(std::string_view text);

struct threshold_outcome {
    threshold of;
    /// Empty where the metric has no samples; the threshold then counts as crossed.
    std::optional<double> observed;
    bool crossed = true;
};

/// Throws bad_threshold where the metric is of a kind that has no such aggregate. `over`: the run's length,
/// for rates per second.
threshold_outcome judge(const threshold& what, const metric_table& metrics, std::chrono::nanoseconds over);

}  // namespace dibs::stats
