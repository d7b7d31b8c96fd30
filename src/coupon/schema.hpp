#pragma once

#include "core/asio.hpp"

namespace dibs::postgres {
class pool;
}

namespace dibs::coupon {

/// Creates the service's tables where they are missing. Any number of processes may do so at once.
///
/// The tables alone keep what the service promises, whatever a lock does: `coupons` never issues more than
/// its stock, `claims` has one row a user and coupon and one a user and idempotency key.
task<void> create_schema(postgres::pool& pool, deadline until);

}  // namespace dibs::coupon
