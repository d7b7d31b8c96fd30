#pragma once

#include "claims_bench/issued_claims.hpp"
#include "claims_bench/load_orders.hpp"
#include "coupon/inventory.hpp"

#include <string_view>
#include <vector>

namespace dibs::claims_bench {

/// Throws std::runtime_error that says what differs where a request was answered otherwise than expected or
/// not at all, or where the database does not hold exactly the claims that were acknowledged. Pure.
void check_books(std::string_view figure, const load_report& told,
                 const std::vector<issued_claim>& acknowledged, const coupon::ledger& held);

}  // namespace dibs::claims_bench
