#include "capacity/search.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace dibs::capacity {
namespace {

constexpr int failures_that_count = 2;

}  // namespace

std::string_view to_string(outcome what) {
    switch (what) {
        case outcome::held: return "held";
        case outcome::failed: return "failed";
        case outcome::generator_limited: return "generator-limited";
        case outcome::disturbed: return "disturbed";
    }
    return "unknown";
}

double rounded_rate(double rate) {
    const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(rate)) - 2));
    return std::round(rate / unit) * unit;
}

search::search(search_options how)
    : how_(how), rate_(rounded_rate(std::clamp(how.first, how.lowest, how.highest))) {}

std::optional<double> search::next() const { return is_over_ ? std::nullopt : std::optional(rate_); }

void search::tell(outcome what) {
    assert(!is_over_);
    if (what == outcome::held) return rate_held();
    if (what == outcome::disturbed && spared_++ < how_.spare_steps) return;
    by_generator_ = by_generator_ || what == outcome::generator_limited;
    if (++failures_ == failures_that_count) rate_failed();
}

void search::rate_held() {
    if (confirming_) {
        is_over_ = true;
        return;
    }
    held_.push_back(rate_);
    move_on();
}

void search::rate_failed() {
    failed_ = rate_;
    limited_by_generator_ = by_generator_;
    confirming_ = false;
    while (!held_.empty() && held_.back() >= rate_) held_.pop_back();
    move_on();
}

void search::move_on() {
    failures_ = 0;
    by_generator_ = false;
    if (!failed_) {
        confirming_ = held() >= how_.highest;
        rate_ = confirming_ ? held() : std::min(rounded_rate(2 * held()), how_.highest);
        return;
    }
    const double middle = rounded_rate(held() > 0 ? std::sqrt(held() * *failed_) : *failed_ / 2);
    const bool close = *failed_ <= held() * (1 + how_.precision) || middle <= held() || middle >= *failed_;
    if (!close && middle >= how_.lowest) {
        rate_ = middle;
        return;
    }
    rate_ = held();
    confirming_ = held() > 0;
    is_over_ = held() == 0;
}

}  // namespace dibs::capacity
