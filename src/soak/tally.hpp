#pragma once

#include <cstdint>
#include <string>

namespace dibs::soak {

/// What the customers saw.
struct tally {
    std::uint64_t arrivals = 0;
    std::uint64_t dropped = 0;        ///< arrivals that found too many inside
    std::uint64_t not_signed_up = 0;  ///< who gave up before a claim
    std::uint64_t sold_out = 0;
    std::uint64_t retries = 0;
    std::uint64_t resolved = 0;    ///< claims whose outcome was unknown, until a retry told
    std::uint64_t unresolved = 0;  ///< and those of which it was never told
    std::uint64_t repeated = 0;    ///< claims made again after they were acknowledged
    std::uint64_t refused = 0;     ///< second claims with another key, refused as they must be
    /// Answers to one key that were not the same, word for word.
    std::uint64_t different = 0;
    /// Answers that the service must not give.
    std::uint64_t unexpected = 0;
    std::string first_unexpected = {};
};

}  // namespace dibs::soak
