#pragma once

#include "coupon/inventory.hpp"
#include "load/recorder.hpp"

#include <cstdint>
#include <span>

namespace dibs::experiment {

/// What the clients were told, held against what the database has. Everything but a count is an error.
struct account {
    std::int64_t stock = 0;
    std::int64_t acknowledged = 0;  ///< claims that clients were told were issued
    std::int64_t in_database = 0;
    std::int64_t oversold = 0;     ///< claims beyond the stock
    std::int64_t duplicates = 0;   ///< users with two claims, and claims acknowledged to two users
    std::int64_t lost = 0;         ///< acknowledged, and not in the database
    std::int64_t unexplained = 0;  ///< in the database, and neither acknowledged nor in doubt
    std::int64_t miscounted = 0;   ///< by how much the coupon's counter is off
    std::int64_t conflicts = 0;    ///< guarded writes that found that somebody else had written

    /// Nothing oversold, twice, lost, unexplained or miscounted. Conflicts did no harm: they are the lock's.
    bool exact() const;
};

/// `in_doubt`: claims whose answer never came, each of which may have been issued.
account reconcile(std::span<const load::acknowledged_claim> acknowledged, std::uint64_t in_doubt,
                  const coupon::ledger& held);

}  // namespace dibs::experiment
