#include "experiment/account.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

namespace dibs::experiment {

bool account::exact() const {
    return oversold == 0 && duplicates == 0 && lost == 0 && unexplained == 0 && miscounted == 0;
}

account reconcile(std::span<const load::acknowledged_claim> acknowledged, std::uint64_t in_doubt,
                  const coupon::ledger& held) {
    std::set<std::string> stored;
    for (const auto id : held.claims) stored.insert(std::to_string(static_cast<std::int64_t>(id)));

    account result;
    result.stock = held.stock;
    result.acknowledged = static_cast<std::int64_t>(acknowledged.size());
    result.in_database = static_cast<std::int64_t>(held.claims.size());
    result.oversold = std::max<std::int64_t>(0, std::max(result.in_database, held.issued) - held.stock);
    result.duplicates = held.users_with_two;
    result.miscounted = std::abs(held.issued - result.in_database);
    result.conflicts = held.total_conflicts();

    std::set<std::string> told;
    for (const auto& claim : acknowledged) {
        if (!told.insert(claim.claim_id).second) ++result.duplicates;
        if (!stored.contains(claim.claim_id)) ++result.lost;
    }
    const auto untold =
        std::count_if(stored.begin(), stored.end(), [&](const auto& id) { return !told.contains(id); });
    result.unexplained = std::max<std::int64_t>(0, untold - static_cast<std::int64_t>(in_doubt));
    return result;
}

}  // namespace dibs::experiment
