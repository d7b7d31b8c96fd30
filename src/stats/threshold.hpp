#pragma once

#include "stats/metric_name.hpp"
#include "stats/sinks.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dibs::stats {

enum class aggregate { count, rate, value, average, min, median, max, percentile };
enum class relation { less, less_or_equal, greater, greater_or_equal, equal, not_equal };

/// A condition on one aggregate of a metric, as k6 writes it: `p(95)<2000`, `rate>0.8`, `count>=10`.
/// Counters have count and rate (a second), gauges value, rates rate, trends avg, min, med, max and p(N).
struct condition {
    std::string text;  ///< as given
    std::string left;  ///< `p(95)`
    aggregate of = aggregate::count;
    double share = 0;  ///< 0.95, where `of` is percentile
    relation is = relation::less;
    double bound = 0;

    /// Throws bad_expression.
    static condition parse(std::string_view text);

    bool holds(double observed) const;
    /// The aggregate over a run of this length; empty without samples. Throws bad_expression where this kind
    /// of metric has none such.
    std::optional<double> observe(const sink& samples, std::chrono::nanoseconds run) const;
};

struct threshold {
    metric_name metric;
    condition wanted;
    /// Set: once the run has lasted so long it ends as soon as this is crossed (k6's abortOnFail and
    /// delayAbortEval), for which it needs samples.
    std::optional<std::chrono::nanoseconds> abort_from = {};

    /// `METRIC:EXPRESSION`, as `http_req_duration{name:claim}:p(95)<50`. Throws bad_expression.
    static threshold parse(std::string_view text);
};

}  // namespace dibs::stats
