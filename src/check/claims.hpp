#pragma once

#include "check/operations.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dibs::check {

/// A reading of all that the database has of one coupon.
struct survey {
    const history::event* invoke = nullptr;
    std::vector<const history::event*> rows;
    const history::event* end = nullptr;  ///< null: the reading did not come to its end
};

/// Views into the history, which outlives them.
struct claim_records {
    /// In the order of their invokes. A client that repeats a claim with its key makes two tries.
    std::vector<operation> tries;
    std::vector<survey> surveys;
};

/// Throws std::invalid_argument as operations_in() does, and for a claim that is ok or found without its
/// key and id.
claim_records claims_in(const events& all);

/// Every claim that was acknowledged before a reading of its coupon began is in it. Unknown where no reading
/// came to its end.
verdict lost_claims(const claim_records& of);

/// Whatever is found was asked for by its user, with its key, in a try that was acknowledged or whose outcome
/// is unknown.
verdict phantom_claims(const claim_records& of);

/// Neither more pieces found nor more acknowledged than there were. Only of the coupons in `stocks`
/// (none negative); unknown where nothing of them was acknowledged or looked for.
verdict stock_kept(const claim_records& of, const std::map<std::string, std::int64_t>& stocks);

/// No user has two pieces of one coupon, found or acknowledged.
verdict one_per_user(const claim_records& of);

/// All that was acknowledged to one user for one key, or found for it, is one and the same claim.
verdict one_result_per_key(const claim_records& of);

/// First come, first served: nobody was told "sold out" (the value of a fail) before a later winner began. A
/// winner begins with the first of its tries that may have won.
verdict sold_out_is_final(const claim_records& of);

/// All of these, in this order.
std::vector<verdict> check_claims(const events& all, const std::map<std::string, std::int64_t>& stocks);

}  // namespace dibs::check
