#include "page/claim_figures.hpp"

#include <numeric>

namespace dibs::page {
namespace {

constexpr std::int64_t seconds_of_rate = 10;

std::int64_t number_of(steady::time_point now) {
    return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
}

std::size_t index_of(fate what) { return static_cast<std::size_t>(what); }

}  // namespace

fate fate_of(coupon::verdict what) {
    using coupon::verdict;
    switch (what) {
        case verdict::issued: return fate::issued;
        case verdict::repeated: return fate::repeated;
        case verdict::sold_out: return fate::sold_out;
        case verdict::already_claimed: return fate::already_claimed;
        case verdict::lock_busy:
        case verdict::conflicting: return fate::busy;
        default: return fate::refused;
    }
}

claim_window::second& claim_window::current(steady::time_point now) {
    const auto number = number_of(now);
    second& place = seconds_[static_cast<std::size_t>(number) % seconds_.size()];
    if (place.number != number) {
        place = {};
        place.number = number;
    }
    return place;
}

void claim_window::add(fate what, std::chrono::nanoseconds taken, steady::time_point now) {
    add(what, now);
    current(now).latencies.add(taken);
}

void claim_window::add(fate what, steady::time_point now) { ++current(now).counts[index_of(what)]; }

claim_figures claim_window::at(steady::time_point now) const {
    claim_figures seen;
    latency_histogram latencies;
    const auto whole = static_cast<std::int64_t>(seen.by_second.size());
    for (const auto& one : seconds_) {
        const auto age = number_of(now) - one.number;  // in seconds; the one under way has none
        if (one.number < 0 || age < 1 || age > whole) continue;
        seen.by_second[static_cast<std::size_t>(whole - age)] =
            std::accumulate(one.counts.begin(), one.counts.end(), std::uint64_t{0});
        latencies.add(one.latencies);
        if (age > seconds_of_rate) continue;
        for (std::size_t what = 0; what < fates; ++what)
            seen.per_second[what] += static_cast<double>(one.counts[what]) / seconds_of_rate;
    }
    seen.p50 = latencies.percentile(0.5);
    seen.p95 = latencies.percentile(0.95);
    seen.p99 = latencies.percentile(0.99);
    seen.answered = latencies.count();
    return seen;
}

}  // namespace dibs::page
