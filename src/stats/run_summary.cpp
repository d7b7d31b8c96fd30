#include "stats/run_summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace dibs::stats {
namespace {

struct aggregator {
    double seconds;

    metric_values operator()(const counter& samples) const {
        return counter_values{samples.total(), seconds > 0 ? samples.total() / seconds : 0};
    }
    metric_values operator()(const gauge& samples) const {
        return gauge_values{samples.last(), samples.min(), samples.max()};
    }
    metric_values operator()(const rate& samples) const {
        return rate_values{samples.passes(), samples.fails()};
    }
    metric_values operator()(const trend& samples) const {
        return trend_values{samples.count(),         samples.average(), samples.min(),
                            samples.median(),        samples.max(),     samples.percentile(0.9),
                            samples.percentile(0.95)};
    }
};

threshold_result judge(const threshold& wanted, const metric_set& metrics, std::chrono::nanoseconds run) {
    const metric* measured = metrics.find(wanted.metric);
    if (measured == nullptr)
        throw bad_expression(fmt::format("the threshold '{}' is on '{}', which is not measured",
                                         wanted.wanted.text, wanted.metric.text()));
    threshold_result result{wanted.metric, wanted.wanted, {}, verdict::crossed};
    result.observed = wanted.wanted.observe(measured->samples, run);
    if (result.observed && wanted.wanted.holds(*result.observed)) result.outcome = verdict::met;
    return result;
}

}  // namespace

double rate_values::value() const {
    const auto all = passes + fails;
    return all == 0 ? 0 : static_cast<double>(passes) / static_cast<double>(all);
}

bool run_summary::any_crossed() const {
    return std::any_of(thresholds.begin(), thresholds.end(),
                       [](const auto& threshold) { return threshold.outcome == verdict::crossed; });
}

std::string describe_crossed(const run_summary& run) {
    std::vector<std::string> crossed;
    for (const auto& threshold : run.thresholds)
        if (threshold.outcome == verdict::crossed)
            crossed.push_back(fmt::format("{} '{}'{}", threshold.metric.text(), threshold.wanted.text,
                                          threshold.observed ? "" : " (no samples)"));
    if (crossed.empty()) return {};
    return fmt::format("thresholds have been crossed: {}", fmt::join(crossed, ", "));
}

run_summary summarise(const metric_set& metrics, std::span<const threshold> thresholds,
                      std::vector<check_result> checks, std::chrono::nanoseconds duration) {
    run_summary run;
    run.duration = duration;
    run.checks = std::move(checks);
    const aggregator aggregate{std::chrono::duration<double>(duration).count()};
    for (const auto& [name, metric] : metrics.all())
        if (!empty(metric.samples))
            run.metrics[name] = {metric.shown_as, std::visit(aggregate, metric.samples)};
    for (const auto& wanted : thresholds) run.thresholds.push_back(judge(wanted, metrics, duration));
    return run;
}

}  // namespace dibs::stats
