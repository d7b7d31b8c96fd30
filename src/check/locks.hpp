#pragma once

#include "check/operations.hpp"

#include <chrono>

namespace dibs::check {

/// How many holds began while an earlier one of the same lock went on.
verdict overlapping_holds(const holds& of);

/// A grant that was asked for after another was known has the larger token.
verdict grant_tokens_grow(const holds& of);

/// No two owners of one lock were given the same token.
verdict one_owner_per_token(const holds& of);

/// Writes whose token is smaller than one that the resource had accepted before, in the order in which it
/// numbered what it accepted.
struct stale_writes {
    std::size_t offered = 0;  ///< asked for after the larger token's write was known to be accepted
    verdict accepted;
};
stale_writes find_stale_writes(const std::vector<operation>& operations);

/// First come, first served: nobody was granted a lock more than `tolerance` before somebody who had asked
/// for it more than `tolerance` earlier. (The recorder's times bracket the arrival at the server; the
/// tolerance is for what lies between, scheduling above all.)
verdict queue_order(const holds& of, std::chrono::nanoseconds tolerance);

}  // namespace dibs::check
