#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace dibs::redis {

/// Pauses between attempts to connect: doubling up to a cap, each shortened at random by up to half, so that
/// the clients of a server that comes back do not all come at once.
class reconnect_pause {
   public:
    struct range {
        std::chrono::milliseconds first;
        std::chrono::milliseconds longest;
    };

    reconnect_pause(range limits, std::uint64_t seed) : limits_(limits), next_(limits.first), random_(seed) {}

    std::chrono::microseconds after_failure() {
        const std::chrono::microseconds full = std::min(next_, limits_.longest);
        next_ = std::min(2 * next_, limits_.longest);
        std::uniform_int_distribution<std::int64_t> jitter(full.count() / 2, full.count());
        return std::chrono::microseconds(jitter(random_));
    }
    void success() { next_ = limits_.first; }

   private:
    range limits_;
    std::chrono::milliseconds next_;
    std::mt19937_64 random_;
};

}  // namespace dibs::redis
