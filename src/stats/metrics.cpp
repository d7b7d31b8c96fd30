#include "stats/metrics.hpp"

#include "stats/sample.hpp"

#include <algorithm>

namespace dibs::stats {

void gauge::set(double value) {
    value_ = value;
    lowest_ = std::min(lowest_, value);
    highest_ = std::max(highest_, value);
    touched_ = true;
}

void trend::add(double value) {
    sorted_ = sorted_ && (values_.empty() || values_.back() <= value);
    values_.push_back(value);
    sum_ += value;
}

void trend::merge(const trend& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
    sorted_ = values_.empty();
    sum_ += other.sum_;
}

double trend::average() const { return values_.empty() ? 0 : sum_ / static_cast<double>(values_.size()); }

double trend::percentile(double p) const { return values_.empty() ? 0 : stats::percentile(ascending(), p); }

std::span<const double> trend::ascending() const {
    if (!sorted_) std::sort(values_.begin(), values_.end());
    sorted_ = true;
    return values_;
}

bool metric::has_samples() const {
    struct {
        bool operator()(const counter& c) const { return c.total() != 0; }
        bool operator()(const gauge& g) const { return !g.empty(); }
        bool operator()(const rate& r) const { return r.total() != 0; }
        bool operator()(const trend& t) const { return t.count() != 0; }
    } any;
    return std::visit(any, values);
}

metric* metric_table::find(std::string_view name) {
    const auto found =
        std::find_if(metrics_.begin(), metrics_.end(), [name](const metric& m) { return m.name == name; });
    return found == metrics_.end() ? nullptr : &*found;
}

const metric* metric_table::find(std::string_view name) const {
    const auto found =
        std::find_if(metrics_.begin(), metrics_.end(), [name](const metric& m) { return m.name == name; });
    return found == metrics_.end() ? nullptr : &*found;
}

}  // namespace dibs::stats
