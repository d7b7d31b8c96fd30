#pragma once

#include "coupon/rules.hpp"

namespace dibs::postgres {
class result;
}

namespace dibs::coupon {

/// Reads a row of the view coupon_states, its columns in their order, the first of them at `first`. Throws
/// dibs::error (bad_input) for a phase that this program does not know.
coupon_state coupon_from(const postgres::result& rows, int row, int first = 0);

/// Reads a claim's id and time at `first` and the column behind it.
claim_record claim_from(const postgres::result& rows, int row, int first, const claim_request& request);

}  // namespace dibs::coupon
