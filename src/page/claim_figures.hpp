#pragma once

#include "core/asio.hpp"
#include "coupon/rules.hpp"
#include "page/latency_histogram.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// What became of a process's claims in the last minute. Pure.
namespace dibs::page {

/// What an operator tells apart.
enum class fate {
    issued,
    repeated,  ///< the first result again
    sold_out,
    already_claimed,  ///< the user has as many as they may have
    refused,          ///< a wrong code, an unknown or closed coupon, …
    busy,             ///< told to come again: the lock, or too many at once
    failed            ///< a backend did not answer
};
inline constexpr std::size_t fates = 7;
inline constexpr std::array fate_names{"issued",  "repeated", "sold_out", "already_claimed",
                                       "refused", "busy",     "failed"};
static_assert(fate_names.size() == fates);

fate fate_of(coupon::verdict what);

struct claim_figures {
    /// Over the last ten whole seconds.
    std::array<double, fates> per_second{};
    /// Claims in each of the last sixty whole seconds, the newest last.
    std::array<std::uint64_t, 60> by_second{};
    /// Of claims answered in these sixty seconds, however they ended; empty: there were none.
    std::optional<std::chrono::nanoseconds> p50, p95, p99;
    std::uint64_t answered = 0;
};

/// Claims by the second in which they were answered.
class claim_window {
   public:
    void add(fate what, std::chrono::nanoseconds taken, steady::time_point now);
    /// A claim for which nothing was done: without a latency.
    void add(fate what, steady::time_point now);

    claim_figures at(steady::time_point now) const;

   private:
    struct second {
        std::int64_t number = -1;
        std::array<std::uint32_t, fates> counts{};
        latency_histogram latencies;
    };

    second& current(steady::time_point now);

    std::array<second, 61> seconds_;  // the one under way, and sixty that are whole
};

}  // namespace dibs::page
