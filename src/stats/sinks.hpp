#pragma once

#include "stats/histogram.hpp"

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

/// What becomes of a metric's samples, one class a kind, as k6 has them. All take `add(value)`. Not safe for
/// use by several threads: give each its own and merge.
namespace dibs::stats {

/// A sum.
class counter {
   public:
    void add(double amount = 1);
    void merge(const counter& other);

    double total() const { return total_; }
    bool empty() const { return samples_ == 0; }

   private:
    double total_ = 0;
    std::uint64_t samples_ = 0;
};

/// The last of its values, and their extremes.
class gauge {
   public:
    void add(double value);
    /// `other` counts as the later one.
    void merge(const gauge& other);

    double last() const { return last_; }
    double min() const { return min_; }
    double max() const { return max_; }
    bool empty() const { return samples_ == 0; }

   private:
    double last_ = 0;
    double min_ = 0;
    double max_ = 0;
    std::uint64_t samples_ = 0;
};

/// How many of its samples were not zero.
class rate {
   public:
    void add(double value);
    void hit() { ++passes_; }
    void miss() { ++fails_; }
    void merge(const rate& other);

    std::uint64_t passes() const { return passes_; }
    std::uint64_t fails() const { return fails_; }
    bool empty() const { return passes_ + fails_ == 0; }
    /// 0 to 1; 0 without samples.
    double value() const;

   private:
    std::uint64_t passes_ = 0;
    std::uint64_t fails_ = 0;
};

/// Keeps its samples while they are few, so that every figure is exact; beyond `exact_samples` counts them in
/// a histogram instead, so that any number of them takes the same memory (1 MiB at most). Then its
/// count, min, max and average are still exact, and its percentiles within histogram::relative_error.
class trend {
   public:
    static constexpr std::size_t exact_samples = 100'000;

    /// `value` is what a histogram takes: durations are in milliseconds. Throws std::domain_error for others.
    void add(double value);
    /// All percentiles are those of all samples, whichever of the two kept them exactly.
    void merge(const trend& other);

    std::uint64_t count() const;
    bool empty() const { return count() == 0; }
    /// Whether the percentiles are exact.
    bool exact() const { return counted_.empty(); }
    // 0 without samples:
    double average() const;
    double min() const { return percentile(0); }
    double median() const { return percentile(0.5); }
    double max() const { return percentile(1); }
    /// The share p, 0 to 1, of the samples, as sample.hpp has it. The first call after an `add` sorts.
    double percentile(double p) const;

   private:
    void sort() const;
    void stop_keeping();

    mutable std::vector<double> samples_;  // empty once they are counted
    mutable std::size_t in_order_ = 0;     // so many from the front are sorted
    double sum_ = 0;                       // of all of them
    histogram counted_;
};

using sink = std::variant<counter, gauge, rate, trend>;

bool empty(const sink& any);

}  // namespace dibs::stats
