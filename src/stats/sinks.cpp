#include "stats/sinks.hpp"

#include "stats/sample.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace dibs::stats {

void counter::add(double amount) {
    total_ += amount;
    ++samples_;
}

void counter::merge(const counter& other) {
    total_ += other.total_;
    samples_ += other.samples_;
}

void gauge::add(double value) {
    min_ = empty() ? value : std::min(min_, value);
    max_ = empty() ? value : std::max(max_, value);
    last_ = value;
    ++samples_;
}

void gauge::merge(const gauge& other) {
    if (other.empty()) return;
    min_ = empty() ? other.min_ : std::min(min_, other.min_);
    max_ = empty() ? other.max_ : std::max(max_, other.max_);
    last_ = other.last_;
    samples_ += other.samples_;
}

void rate::add(double value) { value != 0 ? hit() : miss(); }

void rate::merge(const rate& other) {
    passes_ += other.passes_;
    fails_ += other.fails_;
}

double rate::value() const {
    return empty() ? 0 : static_cast<double>(passes_) / static_cast<double>(passes_ + fails_);
}

void trend::add(double value) {
    assert(std::isfinite(value));
    samples_.push_back(value);
    sum_ += value;
}

void trend::merge(const trend& other) {
    samples_.insert(samples_.end(), other.samples_.begin(), other.samples_.end());
    in_order_ = 0;
    sum_ += other.sum_;
}

std::span<const double> trend::sorted() const {
    if (in_order_ < samples_.size()) std::sort(samples_.begin(), samples_.end());
    in_order_ = samples_.size();
    return samples_;
}

double trend::average() const { return empty() ? 0 : sum_ / static_cast<double>(count()); }

double trend::percentile(double p) const { return empty() ? 0 : stats::percentile(sorted(), p); }

bool empty(const sink& any) {
    return std::visit([](const auto& kind) { return kind.empty(); }, any);
}

}  // namespace dibs::stats
