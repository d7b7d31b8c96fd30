#include "fault/delay_line.hpp"

#include <algorithm>

namespace dibs::faults {
namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::milliseconds burst{10};

nanoseconds time_for(std::size_t bytes, std::uint64_t bytes_per_second) {
    return nanoseconds(static_cast<std::int64_t>(bytes * std::uint64_t{1'000'000'000} / bytes_per_second));
}

std::size_t most_at_once(const link_conditions& conditions) {
    std::size_t most = delay_line::largest_piece;
    if (conditions.slice > 0) most = std::min(most, conditions.slice);
    if (conditions.bytes_per_second > 0) {
        constexpr std::uint64_t bursts_per_second = std::chrono::seconds(1) / burst;
        most = std::min(most, std::max<std::size_t>(1, conditions.bytes_per_second / bursts_per_second));
    }
    return most;
}

}  // namespace

delay_line::delay_line(const link_conditions& conditions, std::uint64_t seed)
    : conditions_(conditions), random_(seed) {}

void delay_line::change(const link_conditions& conditions, steady::time_point now) {
    conditions_ = conditions;
    const auto latest = now + conditions.latency + conditions.jitter;
    for (auto& each : pieces_) each.due = std::min(each.due, latest);
    end_due_ = std::min(end_due_, latest);
    last_due_ = std::min(last_due_, latest);
    next_slot_ = std::min(next_slot_, now);
    if (loses()) drop_all();
}

void delay_line::cut() {
    cut_ = true;
    gap_ = true;
    drop_all();
}

void delay_line::drop_all() {
    if (pieces_.empty() && end_ == ending::none) return;
    gap_ = true;
    dropped_ += held_;
    held_ = 0;
    pieces_.clear();
    end_ = ending::none;
}

std::size_t delay_line::room() const { return held_ >= capacity ? 0 : capacity - held_; }

steady::time_point delay_line::arrival(steady::time_point now) {
    auto due = now + conditions_.latency;
    if (conditions_.jitter.count() > 0) {
        std::uniform_int_distribution<nanoseconds::rep> choice(0, conditions_.jitter.count());
        due += nanoseconds(choice(random_));
    }
    last_due_ = std::max(last_due_, due);
    return last_due_;
}

void delay_line::put(std::string_view bytes, steady::time_point now) {
    if (bytes.empty()) return;
    const auto due = arrival(now);
    held_ += bytes.size();
    pieces_.push_back({due, std::string(bytes)});
    if (loses()) drop_all();
}

void delay_line::end(ending how, steady::time_point now) {
    if (end_ == ending::reset) return;
    end_ = how;
    end_due_ = arrival(now);
    if (loses()) drop_all();
}

std::optional<steady::time_point> delay_line::due() const {
    if (conditions_.hole != black_hole::none) return std::nullopt;
    if (!pieces_.empty()) {
        const auto first = pieces_.front().due;
        return conditions_.bytes_per_second > 0 ? std::max(first, next_slot_) : first;
    }
    if (end_ == ending::none) return std::nullopt;
    return end_due_;
}

std::string delay_line::take(steady::time_point now) {
    const auto next = due();
    if (pieces_.empty() || !next || *next > now) return {};
    auto& first = pieces_.front();
    const auto size = std::min(first.bytes.size() - first.taken, most_at_once(conditions_));
    std::string out = first.bytes.substr(first.taken, size);
    first.taken += size;
    held_ -= size;
    if (first.taken == first.bytes.size()) pieces_.pop_front();
    if (conditions_.bytes_per_second > 0) {
        next_slot_ = std::max(next_slot_, now - burst) + time_for(size, conditions_.bytes_per_second);
    }
    return out;
}

ending delay_line::ended(steady::time_point now) const {
    const auto next = due();
    return pieces_.empty() && next && *next <= now ? end_ : ending::none;
}

}  // namespace dibs::faults
