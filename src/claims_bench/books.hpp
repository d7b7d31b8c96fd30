#pragma once

#include "claims_bench/issued_claims.hpp"
#include "claims_bench/load_orders.hpp"
#include "coupon/inventory.hpp"
#include "experiment/account.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace dibs::claims_bench {

/// What was acknowledged, held against what the database has; `in_doubt` others may have been issued as well.
/// Pure.
experiment::account account_of(const std::vector<issued_claim>& acknowledged, const coupon::ledger& held,
                               std::uint64_t in_doubt = 0);

/// Throws std::runtime_error that says how `books` are not exact.
void demand_exact(std::string_view figure, const experiment::account& books);

/// Throws std::runtime_error that says what differs where a request was answered otherwise than expected or
/// not at all, or where the database does not hold exactly the claims that were acknowledged. Pure.
void check_books(std::string_view figure, const load_report& told,
                 const std::vector<issued_claim>& acknowledged, const coupon::ledger& held);

}  // namespace dibs::claims_bench
