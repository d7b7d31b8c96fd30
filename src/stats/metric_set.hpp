#pragma once

#include "stats/metric_name.hpp"
#include "stats/sinks.hpp"

#include <chrono>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace dibs::stats {

/// How a metric's values are printed.
enum class unit {
    plain,
    time,  ///< milliseconds
    data   ///< bytes
};

struct metric {
    unit shown_as = unit::plain;
    sink samples;
};

/// Where the samples of one set of tags go: their metric, and the submetrics they belong to. Take one per
/// kind of sample beforehand; it is valid as long as its metric_set, also after that was moved.
class channel {
   public:
    explicit channel(std::vector<sink*> targets) : targets_(std::move(targets)) {}

    void add(double value = 1) const;
    /// In milliseconds, as k6 has durations.
    void add(std::chrono::nanoseconds duration) const;

   private:
    std::vector<sink*> targets_;
};

/// The metrics of a run, by name. Declare all metrics and submetrics before taking channels.
class metric_set {
   public:
    metric_set() = default;
    metric_set(const metric_set&) = delete;  // channels would go to the original
    metric_set& operator=(const metric_set&) = delete;
    metric_set(metric_set&&) = default;
    metric_set& operator=(metric_set&&) = default;

    void declare(std::string_view name, unit shown_as, sink empty_kind);
    /// A part of a declared metric, from now on counted for itself: `http_req_duration{name:claim}`. Nothing
    /// happens for a name without tags or one known already. Throws bad_expression for an unknown metric.
    void declare_submetric(const metric_name& part);

    /// `name` is a declared metric.
    channel open(std::string_view name, std::span<const tag> tags = {});
    /// Adds what another source of the same kind of run has measured.
    void merge(const metric_set& other);

    /// Null where there is none.
    const metric* find(const metric_name& name) const;
    const std::map<metric_name, metric>& all() const { return metrics_; }

   private:
    std::map<metric_name, metric> metrics_;
};

}  // namespace dibs::stats
