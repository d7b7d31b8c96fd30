#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a load test counts, with k6's four kinds of metric. Pure.
namespace dibs::stats {

/// A sum, shown with its rate per second.
class counter {
   public:
    void add(double amount) { total_ += amount; }
    double total() const { return total_; }

   private:
    double total_ = 0;
};

/// A value that goes up and down.
class gauge {
   public:
    void set(double value);
    double value() const { return value_; }
    double lowest() const { return touched_ ? lowest_ : 0; }
    double highest() const { return touched_ ? highest_ : 0; }
    bool empty() const { return !touched_; }

   private:
    double value_ = 0;
    double lowest_ = std::numeric_limits<double>::max();
    double highest_ = std::numeric_limits<double>::lowest();
    bool touched_ = false;
};

/// How many of how many.
class rate {
   public:
    enum class hit { yes, no };
    void add(hit what) { ++(what == hit::yes ? passes_ : fails_); }
    std::uint64_t passes() const { return passes_; }
    std::uint64_t fails() const { return fails_; }
    std::uint64_t total() const { return passes_ + fails_; }
    /// 0 to 1; 0 without samples.
    double share() const {
        return total() == 0 ? 0 : static_cast<double>(passes_) / static_cast<double>(total());
    }

   private:
    std::uint64_t passes_ = 0;
    std::uint64_t fails_ = 0;
};

/// Samples, all of them kept.
class trend {
   public:
    void add(double value);
    void merge(const trend& other);
    std::size_t count() const { return values_.size(); }
    double average() const;
    double lowest() const { return percentile(0); }
    double highest() const { return percentile(1); }
    double median() const { return percentile(0.5); }
    /// p from 0 to 1; 0 without samples.
    double percentile(double p) const;
    std::span<const double> ascending() const;

   private:
    mutable std::vector<double> values_;
    mutable bool sorted_ = true;
    double sum_ = 0;
};

enum class unit { plain, milliseconds, bytes };

struct metric {
    /// `http_req_duration`, or with tags, as a part of it: `http_req_duration{name:claim}`.
    std::string name;
    unit measured_in = unit::plain;
    std::variant<counter, gauge, rate, trend> values;

    bool has_samples() const;
};

/// The metrics of a run, in the order in which they were declared.
class metric_table {
   public:
    /// The metric's values, made at the first call; `Kind` must be the same at every call for one name.
    template <class Kind>
    Kind& of(std::string_view name, unit measured_in = unit::plain) {
        if (metric* known = find(name)) return std::get<Kind>(known->values);
        metrics_.push_back(metric{std::string(name), measured_in, Kind()});
        return std::get<Kind>(metrics_.back().values);
    }

    metric* find(std::string_view name);
    const metric* find(std::string_view name) const;
    const std::vector<metric>& all() const { return metrics_; }

   private:
    std::vector<metric> metrics_;
};

}  // namespace dibs::stats
