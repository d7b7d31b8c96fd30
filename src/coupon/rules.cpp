#include "coupon/rules.hpp"

namespace dibs::coupon {
namespace {

std::optional<verdict> refusal_by(coupon_phase phase) {
    switch (phase) {
        case coupon_phase::early: return verdict::not_yet_open;
        case coupon_phase::over: return verdict::closed;
        case coupon_phase::paused: return verdict::paused;
        case coupon_phase::open: break;
    }
    return std::nullopt;
}

}  // namespace

std::optional<outcome> settled(const claim_request& request, const evidence& seen) {
    if (seen.of_key) {
        if (!seen.same_request) return outcome{verdict::key_reused};
        return outcome{verdict::repeated, seen.of_key};
    }
    if (!seen.coupon) return outcome{verdict::no_such_coupon};
    if (seen.coupon->code != request.code) return outcome{verdict::wrong_code};
    if (!seen.user_known) return outcome{verdict::no_such_user};
    if (const auto refused = refusal_by(seen.coupon->phase)) return outcome{*refused};
    if (seen.pieces >= seen.coupon->per_user) return outcome{verdict::already_claimed};
    if (seen.coupon->remaining() <= 0) return outcome{verdict::sold_out};
    return std::nullopt;
}

}  // namespace dibs::coupon
