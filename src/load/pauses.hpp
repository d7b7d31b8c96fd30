#pragma once

#include "load/scenario.hpp"

#include <chrono>
#include <cstdint>
#include <random>

namespace dibs::load {

/// One user's pauses after sign-up, uniform between the scenario's bounds: the same for the same seed and
/// user.
class pause_source {
   public:
    struct key {
        std::uint64_t seed = 0;
        std::uint32_t user = 0;
    };

    pause_source(const key& of, const think_times& bounds)
        : random_(mixed(of)),
          any_(bounds.shortest_after_sign_up.count(), bounds.longest_after_sign_up.count()) {}

    std::chrono::microseconds next() { return std::chrono::microseconds(any_(random_)); }

   private:
    static std::mt19937_64 mixed(const key& of) {
        std::seed_seq parts{static_cast<std::uint32_t>(of.seed), static_cast<std::uint32_t>(of.seed >> 32U),
                            of.user};
        return std::mt19937_64(parts);
    }

    std::mt19937_64 random_;
    std::uniform_int_distribution<std::chrono::microseconds::rep> any_;
};

}  // namespace dibs::load
