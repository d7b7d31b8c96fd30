#include "coupon/rules.hpp"

namespace dibs::coupon {

std::optional<outcome> settled(const claim_request& request, const evidence& seen) {
    if (seen.of_key) {
        if (seen.of_key->coupon != request.coupon) return outcome{verdict::key_reused};
        return outcome{verdict::repeated, seen.of_key};
    }
    if (!seen.coupon) return outcome{verdict::no_such_coupon};
    if (seen.coupon->code != request.code) return outcome{verdict::wrong_code};
    if (seen.of_user) return outcome{verdict::already_claimed};
    if (seen.coupon->remaining() <= 0) return outcome{verdict::sold_out};
    return std::nullopt;
}

}  // namespace dibs::coupon
