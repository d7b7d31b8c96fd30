#include "page/latency_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace dibs::page {
namespace {

using real_nanoseconds = std::chrono::duration<double, std::nano>;

constexpr real_nanoseconds shortest = std::chrono::microseconds(10);
constexpr double growth = 1.08;

}  // namespace

void latency_histogram::add(std::chrono::nanoseconds taken) {
    const double times = std::max(real_nanoseconds(taken) / shortest, 1.0);
    const auto place = static_cast<std::size_t>(std::log(times) / std::log(growth));
    ++counts_[std::min(place, buckets - 1)];
    ++count_;
}

void latency_histogram::add(const latency_histogram& other) {
    for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
}

std::optional<std::chrono::nanoseconds> latency_histogram::percentile(double share) const {
    if (count_ == 0) return std::nullopt;
    const auto rank = std::ceil(share * static_cast<double>(count_));
    std::size_t place = 0;
    for (double below = counts_[0]; below < rank && place + 1 < buckets; below += counts_[place]) ++place;
    const auto middle = shortest * std::pow(growth, static_cast<double>(place) + 0.5);
    return std::chrono::duration_cast<std::chrono::nanoseconds>(middle);
}

}  // namespace dibs::page
