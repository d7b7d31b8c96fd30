#include "stats/sinks.hpp"

#include "stats/sample.hpp"

#include <algorithm>
#include <cstddef>

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
    if (!exact()) {
        counted_.add(value);
        return;
    }
    histogram::require(value);
    samples_.push_back(value);
    sum_ += value;
    if (samples_.size() > exact_samples) stop_keeping();
}

void trend::merge(const trend& other) {
    if (!other.exact()) {
        if (exact()) stop_keeping();
        counted_.merge(other.counted_);
        return;
    }
    for (const double value : other.samples_) add(value);
}

void trend::stop_keeping() {
    for (const double value : samples_) counted_.add(value);
    samples_ = {};
    in_order_ = 0;
}

std::uint64_t trend::count() const { return exact() ? samples_.size() : counted_.count(); }

void trend::sort() const {
    const auto behind = samples_.begin() + static_cast<std::ptrdiff_t>(in_order_);
    std::sort(behind, samples_.end());
    std::inplace_merge(samples_.begin(), behind, samples_.end());
    in_order_ = samples_.size();
}

double trend::average() const {
    if (!exact()) return counted_.average();
    return empty() ? 0 : sum_ / static_cast<double>(samples_.size());
}

double trend::percentile(double p) const {
    if (!exact()) return counted_.percentile(p);
    if (samples_.empty()) return 0;
    if (in_order_ < samples_.size()) sort();
    return stats::percentile(samples_, p);
}

bool empty(const sink& any) {
    return std::visit([](const auto& kind) { return kind.empty(); }, any);
}

}  // namespace dibs::stats
