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
    moments result;
    for (const double value : values) result.add(value);
    return result;
}

std::optional<interval> t_interval(const moments& of, double confidence) {
    const auto deviation = of.standard_deviation();
    if (!deviation) return std::nullopt;
    const auto n = static_cast<double>(of.count());
    const boost::math::students_t distribution(n - 1);
    const double half = boost::math::quantile(distribution, (1 + confidence) / 2) * *deviation / std::sqrt(n);
    return interval{of.mean() - half, of.mean() + half};
}

double percentile(std::span<const double> ascending, double p) {
    assert(!ascending.empty());
    const double position = p * static_cast<double>(ascending.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    if (below + 1 >= ascending.size()) return ascending.back();
    const double part = position - static_cast<double>(below);
    return ascending[below] + part * (ascending[below + 1] - ascending[below]);
}

}  // namespace dibs::stats
