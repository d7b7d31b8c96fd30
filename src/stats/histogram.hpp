#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dibs::stats {

/// Counts samples in buckets whose width grows with their value, so that any number of them takes the same
/// little memory (102 KiB at the very most, 2 KiB for each power of two that has samples) and every figure
/// keeps the same relative precision. After G. Tene's HdrHistogram: each power of two is cut into 256 equal
/// buckets. Meant for durations in milliseconds, a nanosecond to twelve days. Not safe for use by several
/// threads: give each its own and merge, which is the same as adding all samples to one.
class histogram {
   public:
    /// No percentile is further than this share of itself from that of the samples themselves.
    static constexpr double relative_error = 1.0 / 512;
    /// Samples below it (0 among them) share one bucket and count as 0.
    static constexpr double smallest = 1.0 / (1 << 20);
    /// Samples are less than this.
    static constexpr double limit = 1 << 30;

    struct bucket {
        double upper = 0;  ///< its samples are less than this, and no less than the bucket's below
        std::uint64_t count = 0;

        bool operator==(const bucket&) const = default;
    };

    /// Throws std::domain_error for what is no sample: a negative value, one from `limit` on, or NaN.
    static void require(double value);
    /// Throws as `require` does, and counts nothing then.
    void add(double value, std::uint64_t times = 1);
    void merge(const histogram& other);

    std::uint64_t count() const { return count_; }
    bool empty() const { return count_ == 0; }
    // Exact, apart from the rounding of the sum; 0 without samples:
    double min() const { return min_; }
    double max() const { return max_; }
    double sum() const { return sum_; }
    double average() const { return empty() ? 0 : sum_ / static_cast<double>(count_); }
    /// The share p, 0 to 1, as sample.hpp has it: by linear interpolation at p·(n − 1), each sample taken for
    /// the middle of its bucket. 0 and 1 give min and max exactly. 0 without samples.
    double percentile(double p) const;
    /// Those with samples, in ascending order.
    std::vector<bucket> buckets() const;

    struct extremes {
        double min = 0;
        double max = 0;
    };
    /// What `buckets()` and the exact figures of another histogram make. Throws std::invalid_argument where
    /// no samples can have made them; an upper bound may differ from a bucket's by rounding.
    static histogram restored(std::span<const bucket> buckets, const extremes& ends, double sum);

    bool operator==(const histogram&) const = default;

   private:
    double middle(std::size_t index) const;
    double sample(std::uint64_t rank) const;

    std::vector<std::vector<std::uint64_t>> octaves_;  // by power of two; empty: no samples
    std::uint64_t count_ = 0;
    double min_ = 0;
    double max_ = 0;
    double sum_ = 0;
};

}  // namespace dibs::stats
