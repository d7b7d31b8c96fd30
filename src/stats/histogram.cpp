#include "stats/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace dibs::stats {
namespace {

constexpr std::size_t per_octave = 256;
// A positive double is its exponent followed by its mantissa, so that its first bits number its bucket.
constexpr unsigned bits_within_bucket = 52 - 8;
constexpr std::uint64_t first_bucket =
    std::bit_cast<std::uint64_t>(histogram::smallest) >> bits_within_bucket;
// bucket 0 has what is less than `smallest`; its octave has no other
constexpr std::size_t before_first = per_octave - 1;
constexpr std::size_t end_of_buckets =
    per_octave + (std::bit_cast<std::uint64_t>(histogram::limit) >> bits_within_bucket) - first_bucket;

std::size_t index_of(double value) {
    if (value < histogram::smallest) return before_first;
    return per_octave + (std::bit_cast<std::uint64_t>(value) >> bits_within_bucket) - first_bucket;
}

double lower_bound_of(std::size_t index) {
    if (index == before_first) return 0;
    return std::bit_cast<double>((index - per_octave + first_bucket) << bits_within_bucket);
}

double upper_bound_of(std::size_t index) { return lower_bound_of(index + 1); }

/// Nothing for what is no bucket's upper bound.
std::optional<std::size_t> index_below(double upper) {
    if (!(upper >= histogram::smallest * 0.999 && upper <= histogram::limit * 1.001)) return std::nullopt;
    const auto at =
        static_cast<std::size_t>(std::llround(static_cast<double>(std::bit_cast<std::uint64_t>(upper)) /
                                              static_cast<double>(1ULL << bits_within_bucket)));
    const std::size_t above = per_octave + at - first_bucket;
    const double exact = lower_bound_of(above);
    if (above > end_of_buckets || std::abs(upper - exact) > 1e-9 * exact) return std::nullopt;
    return above - 1;
}

}  // namespace

void histogram::require(double value) {
    if (!(value >= 0 && value < limit))
        throw std::domain_error("a sample is a duration of 0 ms to twelve days");
}

void histogram::add(double value, std::uint64_t times) {
    require(value);
    if (times == 0) return;
    const std::size_t index = index_of(value);
    if (octaves_.empty()) octaves_.resize(end_of_buckets / per_octave);
    std::vector<std::uint64_t>& octave = octaves_[index / per_octave];
    if (octave.empty()) octave.resize(per_octave);
    octave[index % per_octave] += times;
    min_ = empty() ? value : std::min(min_, value);
    max_ = empty() ? value : std::max(max_, value);
    sum_ += value * static_cast<double>(times);
    count_ += times;
}

void histogram::merge(const histogram& other) {
    if (other.empty()) return;
    octaves_.resize(other.octaves_.size());
    for (std::size_t i = 0; i < octaves_.size(); ++i) {
        const auto& theirs = other.octaves_[i];
        if (octaves_[i].empty()) octaves_[i].resize(theirs.size());
        for (std::size_t k = 0; k < theirs.size(); ++k) octaves_[i][k] += theirs[k];
    }
    min_ = empty() ? other.min_ : std::min(min_, other.min_);
    max_ = empty() ? other.max_ : std::max(max_, other.max_);
    sum_ += other.sum_;
    count_ += other.count_;
}

double histogram::middle(std::size_t index) const {
    if (index == before_first) return min_;
    return std::clamp((lower_bound_of(index) + upper_bound_of(index)) / 2, min_, max_);
}

/// The sample at this place in ascending order, from 0.
double histogram::sample(std::uint64_t rank) const {
    if (rank == 0) return min_;
    if (rank + 1 >= count_) return max_;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < octaves_.size(); ++i)
        for (std::size_t k = 0; k < octaves_[i].size(); ++k) {
            below += octaves_[i][k];
            if (below > rank) return middle(i * per_octave + k);
        }
    return max_;
}

double histogram::percentile(double p) const {
    assert(p >= 0 && p <= 1);
    if (empty()) return 0;
    const double place = p * static_cast<double>(count_ - 1);
    const double below = std::floor(place);
    const auto rank = static_cast<std::uint64_t>(below);
    const double left = sample(rank);
    return left + (sample(rank + 1) - left) * (place - below);
}

std::vector<histogram::bucket> histogram::buckets() const {
    std::vector<bucket> made;
    for (std::size_t i = 0; i < octaves_.size(); ++i)
        for (std::size_t k = 0; k < octaves_[i].size(); ++k)
            if (octaves_[i][k] > 0) made.push_back({upper_bound_of(i * per_octave + k), octaves_[i][k]});
    return made;
}

histogram histogram::restored(std::span<const bucket> buckets, const extremes& ends, double sum) {
    histogram made;
    double last = 0;
    for (const bucket& next : buckets) {
        const std::optional<std::size_t> index = index_below(next.upper);
        if (!index) throw std::invalid_argument("is no bucket's upper bound");
        if (next.count == 0 || upper_bound_of(*index) <= last)
            throw std::invalid_argument("has buckets without samples, or not in ascending order");
        last = upper_bound_of(*index);
        made.add(lower_bound_of(*index), next.count);
    }
    const auto fits = [](double value, double bucket_from) {
        return value >= 0 && value < limit && lower_bound_of(index_of(value)) == bucket_from;
    };
    if (!made.empty() && !(fits(ends.min, made.min_) && fits(ends.max, made.max_)))
        throw std::invalid_argument("has a min or max that is not in its first and last bucket");
    const auto n = static_cast<double>(made.count_);
    if (!(sum >= n * ends.min * (1 - 1e-6) && sum <= n * ends.max * (1 + 1e-6)))
        throw std::invalid_argument("has a sum that its samples cannot have");
    if (made.empty()) return made;
    made.min_ = ends.min;
    made.max_ = ends.max;
    made.sum_ = sum;
    return made;
}

}  // namespace dibs::stats
