#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace dibs::page {

/// Counts durations from 10 µs to about a minute in buckets that grow by 8 % each, so that a percentile is at
/// most 4 % off. What is shorter or longer counts in the first or last bucket. Pure.
class latency_histogram {
   public:
    void add(std::chrono::nanoseconds taken);
    void add(const latency_histogram& other);

    std::uint64_t count() const { return count_; }
    /// `share`: 0.99 for the 99th percentile, by nearest rank. Empty without samples.
    std::optional<std::chrono::nanoseconds> percentile(double share) const;

   private:
    static constexpr std::size_t buckets = 204;

    std::array<std::uint32_t, buckets> counts_{};
    std::uint64_t count_ = 0;
};

}  // namespace dibs::page
