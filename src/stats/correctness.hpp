#pragma once

#include <cstdint>
#include <string>

namespace dibs::stats {

/// What a strategy did that none may do, over all its runs: exact counts, not estimates.
struct wrongs {
    std::int64_t oversold = 0;     ///< coupons beyond the stock
    std::int64_t duplicates = 0;   ///< second coupons of one user
    std::int64_t lost = 0;         ///< claims that were confirmed and are not in the database
    std::int64_t unexplained = 0;  ///< claims in the database that nobody asked for
    std::int64_t miscounted = 0;   ///< by how much the coupon's counter and its claims differ

    wrongs& operator+=(const wrongs& more);
    bool operator==(const wrongs&) const = default;
};

/// Whether a strategy may be ranked: one of these disqualifies it, however fast it is.
bool qualifies(const wrongs& counted);

/// `1 oversold, 2 lost`; empty where there is none.
std::string describe(const wrongs& counted);

}  // namespace dibs::stats
