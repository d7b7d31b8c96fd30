#pragma once

#include "core/asio.hpp"
#include "coupon/input.hpp"
#include "coupon/rules.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dibs::postgres {
class pool;
}

/// What operators and experiments do with coupons; no client can.
namespace dibs::coupon {

/// Creates the coupon unless there is one of its id, which stays as it is. Throws dibs::error.
task<void> add_coupon(postgres::pool& pool, coupon_spec spec, deadline until);

/// Creates the coupon, or makes it as new: nothing issued, its claims, their keys and its conflicts
/// forgotten. Claims under way either count before it, and are forgotten, or after it. Throws dibs::error.
task<void> reset_coupon(postgres::pool& pool, coupon_spec spec, deadline until);

/// What the database holds of one coupon, read at one moment.
struct ledger {
    std::int64_t stock = 0;
    std::int64_t issued = 0;          ///< the coupon's counter
    std::int64_t users_with_two = 0;  ///< users that have more than one claim
    std::int64_t users = 0;           ///< users that have a claim
    std::vector<claim_id> claims;     ///< in ascending order; more than the counter says, or fewer: an error
    std::map<std::string, std::int64_t> conflicts;  ///< guarded writes that were overtaken, by strategy

    std::int64_t total_conflicts() const;
    /// Whether counter, claims and stock agree and nobody has two.
    bool consistent() const;
};

/// Throws dibs::error; bad_input when there is no such coupon.
task<ledger> reconcile(postgres::pool& pool, std::string coupon, deadline until);

}  // namespace dibs::coupon
