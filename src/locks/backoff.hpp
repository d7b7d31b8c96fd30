#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace dibs::locks {

/// Decorrelated jitter (M. Brooker, "Exponential Backoff And Jitter", 2015): each pause is drawn between
/// `base` and three times the last one. Its cap grows with the time waited so far, so that what a late look
/// costs stays in proportion to the wait, whatever the lock's hold time.
class backoff {
   public:
    using microseconds = std::chrono::microseconds;
    static constexpr microseconds base{300};
    static constexpr microseconds lowest_cap{1'000};
    static constexpr microseconds highest_cap{250'000};

    template <class Generator>
    microseconds next(Generator& random, microseconds waited) {
        const auto cap = std::clamp(waited / 8, lowest_cap, highest_cap);
        std::uniform_int_distribution<microseconds::rep> pause(base.count(),
                                                               std::min(cap, 3 * last_).count());
        last_ = microseconds(pause(random));
        return last_;
    }

   private:
    microseconds last_ = base;
};

}  // namespace dibs::locks
