#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>

/// How long one who polls for a lock waits between two tries. Pure.
namespace dibs::locks {

/// How long the one in front usually keeps a lock, from what the tries of this process saw: a moving average
/// with a weight of an eighth for the last (as TCP's round-trip time, RFC 6298).
class hold_estimate {
   public:
    using microseconds = std::chrono::microseconds;

    void observe(microseconds seen) { usual_ = usual_ ? *usual_ + (seen - *usual_) / 8 : seen; }
    /// Empty before the first observation.
    std::optional<microseconds> usual() const { return usual_; }

   private:
    std::optional<microseconds> usual_;
};

/// Decorrelated jitter (M. Brooker, "Exponential Backoff And Jitter", 2015): each pause is drawn between a
/// base and three times the last one. Base and cap are in proportion to the usual hold, and the cap grows
/// with the time waited so far, so that what a late look costs stays small beside the wait, whatever the hold
/// time.
class backoff {
   public:
    using microseconds = std::chrono::microseconds;
    static constexpr microseconds lowest_base{50};
    static constexpr microseconds highest_base{300};
    static constexpr microseconds lowest_cap{1'000};
    static constexpr microseconds highest_cap{250'000};

    explicit backoff(std::optional<microseconds> usual_hold = {})
        : base_(usual_hold ? std::clamp(*usual_hold / 16, lowest_base, highest_base) : highest_base),
          least_cap_(usual_hold ? std::clamp(*usual_hold / 8, 2 * base_, highest_cap) : lowest_cap),
          last_(base_) {}

    /// `waited`: since the first try.
    template <class Generator>
    microseconds next(Generator& random, microseconds waited) {
        const auto cap = std::clamp(waited / 8, least_cap_, highest_cap);
        std::uniform_int_distribution<microseconds::rep> pause(base_.count(),
                                                               std::min(cap, 3 * last_).count());
        last_ = microseconds(pause(random));
        return last_;
    }

   private:
    microseconds base_;
    microseconds least_cap_;
    microseconds last_;
};

}  // namespace dibs::locks
