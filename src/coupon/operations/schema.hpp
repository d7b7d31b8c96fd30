#pragma once

#include "core/asio.hpp"

#include <cstdint>

namespace dibs::postgres {
class pool;
}

namespace dibs::coupon {

/// Brings the service's tables to the version of this program: carries out in order, in one transaction, the
/// migrations (src/coupon/migrations) that the database has not seen. Any number of processes may do so at
/// once. Throws dibs::error; bad_input where the database is of a newer program.
///
/// The tables alone keep what the service promises, whatever a lock does: `coupons` never issues more than
/// its stock; of `claims` each of a user's pieces of a coupon has a number of its own, no larger than the
/// coupon allows, and each idempotency key stands for one claim of a user and coupon.
task<void> migrate(postgres::pool& pool, deadline until);

/// The version that migrate() brings them to.
std::int64_t newest_schema_version();

}  // namespace dibs::coupon
