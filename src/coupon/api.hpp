#pragma once

#include "core/asio.hpp"
#include "coupon/accounts/access_observer.hpp"
#include "coupon/accounts/tokens.hpp"
#include "coupon/answer_guard.hpp"
#include "coupon/answers.hpp"
#include "coupon/claims/claim_desk.hpp"
#include "http/rate_limit.hpp"
#include "http/router.hpp"

namespace dibs::coupon {

/// The service as HTTP shows it.
///
///     POST /api/coupons/{id}/claims   201 {"data":{"id", "couponId", …}}, 409 already-claimed or sold-out,
///                                     422 wrong-code or key-reused, 503 with Retry-After
///     GET  /api/coupons, /api/coupons/{id}, /api/me/coupons
///
/// A sign-up or claim repeated with its idempotency key gets the first result again: of a claim the same
/// text, of a sign-up the same user with a token of its own. A refused claim leaves no trace, so its key may
/// be used again.
class api {
   public:
    struct parts {
        postgres::pool* pool;
        claim_desk* desk;
        const tokens* signer;
        access_observer* access;
        strategy by_default;  ///< of a claim without X-Lock-Strategy
        std::chrono::milliseconds statement;
        http::rate_limit* by_user = nullptr;  ///< null: no limit
    };

    explicit api(const parts& use) : use_(use) {}

    /// The api must outlive the router.
    void add_to(http::router& routes);

   private:
    using endpoint = task<http::response> (api::*)(const http::request&, const http::path_params&);
    http::handler guarded(endpoint what);

    task<http::response> claim(const http::request& request, const http::path_params& path);
    task<http::response> coupons(const http::request& request, const http::path_params& path);
    task<http::response> one_coupon(const http::request& request, const http::path_params& path);
    task<http::response> my_coupons(const http::request& request, const http::path_params& path);

    std::optional<user_id> who(const http::request& request) const;
    /// How long the user has to wait, if the rate is exceeded.
    std::optional<steady::duration> too_soon(user_id user) const;
    deadline statement_deadline() const { return after(use_.statement); }

    parts use_;
    answer_guard guard_;
};

}  // namespace dibs::coupon
