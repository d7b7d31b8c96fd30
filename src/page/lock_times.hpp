#pragma once

#include "stats/histogram.hpp"

#include <dibs/lock.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

/// What taking and holding locks has cost a process so far. Pure.
namespace dibs::page {

/// Of one algorithm; times in ms.
struct lock_times {
    stats::histogram wait;    ///< from asking for a lock to its grant, or to the end of the wait in vain
    stats::histogram hold;    ///< from a grant to the answer to its release
    std::uint64_t tries = 0;  ///< requests that the grants took
    std::uint64_t acquired = 0;
    std::uint64_t timed_out = 0;  ///< others held it until the wait was over
    std::uint64_t failed = 0;     ///< cancelled, or the backend failed

    void merge(const lock_times& other);
    /// What was added to `before`, an earlier reading of the same. Smallest and largest of what was added are
    /// known as well as their buckets, and so is the sum of very few. Throws std::invalid_argument where it
    /// is no earlier reading.
    lock_times since(const lock_times& before) const;

    bool operator==(const lock_times&) const = default;
};

using lock_times_by_algorithm = std::map<algorithm, lock_times>;

/// `{"queue": {"wait", "hold", "tries", "acquired", "timed_out", "failed"}, …}`, times as
/// report::histogram_json has them.
std::string to_json(const lock_times_by_algorithm& all);
/// Throws std::exception for anything else.
lock_times_by_algorithm lock_times_from(std::string_view json);

}  // namespace dibs::page
