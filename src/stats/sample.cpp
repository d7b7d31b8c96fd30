#include "stats/sample.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <cassert>
#include <cmath>

namespace dibs::stats {

void moments::add(double value) {
    ++count_;
    const double before = value - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (value - mean_);
}

std::optional<double> moments::standard_deviation() const {
    if (count_ < 2) return std::nullopt;
    return std::sqrt(squares_ / static_cast<double>(count_ - 1));
}

moments moments_of(std::span<const double> values) {
    moments made;
    for (const double value : values) made.add(value);
    return made;
}

std::optional<interval> mean_interval(const moments& of, double confidence) {
    assert(confidence > 0 && confidence < 1);
    const auto deviation = of.standard_deviation();
    if (!deviation) return std::nullopt;
    const auto n = static_cast<double>(of.count());
    const boost::math::students_t distribution(n - 1);
    const double t = boost::math::quantile(boost::math::complement(distribution, (1 - confidence) / 2));
    const double half = t * *deviation / std::sqrt(n);
    return interval{of.mean() - half, of.mean() + half};
}

double percentile(std::span<const double> ascending, double p) {
    assert(!ascending.empty());
    assert(p >= 0 && p <= 1);
    const double place = p * static_cast<double>(ascending.size() - 1);
    const double below = std::floor(place);
    const auto index = static_cast<std::size_t>(below);
    if (index + 1 >= ascending.size()) return ascending.back();
    return ascending[index] + (ascending[index + 1] - ascending[index]) * (place - below);
}

}  // namespace dibs::stats
