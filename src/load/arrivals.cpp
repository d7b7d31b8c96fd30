#include "load/arrivals.hpp"

#include <algorithm>
#include <cmath>

namespace dibs::load {
namespace {

/// What the rounding of a rate's integral may cost: an iteration due at the very end begins.
constexpr double rounding = 1e-9;

}  // namespace

arrival_rate arrival_rate::constant(double rate, std::chrono::nanoseconds length) {
    arrival_rate made;
    made.start = rate;
    made.stages = {{length, rate}};
    return made;
}

arrival_schedule::arrival_schedule(const arrival_rate& rate) : first_at_once_(rate.is_constant()) {
    double from = rate.start;
    double begun = 0;
    for (const auto& [length, to] : rate.stages) {
        const double seconds = std::chrono::duration<double>(length).count();
        const double after = begun + (from + to) / 2 * seconds;
        pieces_.push_back({length_, from, to, seconds, begun, after});
        length_ += length;
        begun = after;
        from = to;
    }
}

std::optional<std::chrono::nanoseconds> arrival_schedule::start(std::uint64_t number) const {
    const double wanted = static_cast<double>(number) + (first_at_once_ ? 0 : 1);
    const double at_least = wanted * (1 - rounding);
    const auto in = std::ranges::lower_bound(pieces_, at_least, {}, &piece::after);
    if (in == pieces_.end()) return std::nullopt;
    // The root of from·t + (to − from)/2s·t² = rest, in the form that loses no digits for a small slope.
    const double rest = std::clamp(wanted, in->before, in->after) - in->before;
    const double slope = in->seconds > 0 ? (in->to - in->from) / in->seconds : 0;
    const double root = std::sqrt(std::max(0.0, in->from * in->from + 2 * slope * rest));
    const double seconds = rest > 0 ? 2 * rest / (in->from + root) : 0;
    const auto at =
        in->begin + std::chrono::round<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
    if (first_at_once_ && at >= length_) return std::nullopt;
    return std::min(at, length_);
}

}  // namespace dibs::load
