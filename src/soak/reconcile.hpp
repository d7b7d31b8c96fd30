#pragma once

#include "check/verdict.hpp"
#include "core/asio.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dibs::history {
class writer;
}
namespace dibs::postgres {
class pool;
}

namespace dibs::soak {

struct coupon_count {
    std::int64_t stock = 0;
    std::int64_t issued = 0;  ///< the coupon's counter
    std::int64_t claims = 0;  ///< its rows
};

/// What the database says of itself.
struct holdings {
    std::map<std::string, coupon_count> coupons;
    std::int64_t users_with_two = 0;  ///< of one coupon
    std::int64_t keys_with_two = 0;   ///< of one user
    std::int64_t conflicts = 0;       ///< guarded writes that found that somebody else had written
};

/// Throws dibs::error. No claim may be under way.
task<holdings> read_holdings(postgres::pool& pool, deadline until);

/// Records all claims that the database has, coupon by coupon. Throws dibs::error.
task<void> record_found(postgres::pool& pool, const holdings& of, history::writer& into, deadline until);

/// The history held against the database. All but the first two are errors.
struct books {
    std::int64_t acknowledged = 0;  ///< distinct claims that clients were told were issued
    std::int64_t in_database = 0;
    std::int64_t oversold = 0;
    std::int64_t twice = 0;           ///< users with two claims of one coupon
    std::int64_t lost = 0;            ///< acknowledged, and not there
    std::int64_t phantom = 0;         ///< there, and never asked for, or told each time that it failed
    std::int64_t second_results = 0;  ///< keys with more than one claim
    std::int64_t sold_out_too_early =
        0;                        ///< told before a later winner began, or with pieces left at the end
    std::int64_t miscounted = 0;  ///< by how much the coupons' counters are off
    std::vector<std::string> explanations = {};  ///< of the first of each kind

    bool exact() const;
};

/// `all`: the whole history, what was found in the end included. Pure.
books reconcile(const check::events& all, const holdings& held);

}  // namespace dibs::soak
