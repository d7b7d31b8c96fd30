#pragma once

#include "core/asio.hpp"
#include "coupon/accounts.hpp"
#include "coupon/answers.hpp"
#include "coupon/claim_desk.hpp"
#include "coupon/tokens.hpp"
#include "http/router.hpp"

#include <functional>

namespace dibs::coupon {

/// The service as HTTP shows it.
///
///     POST /api/auth/signup           201 {"data":{"accessToken", "user"}}, 409 email-taken
///     POST /api/coupons/{id}/claims   201 {"data":{"id", "couponId", …}}, 409 already-claimed or sold-out,
///                                     422 wrong-code or key-reused, 503 with Retry-After
///     GET  /api/coupons, /api/coupons/{id}, /api/me/coupons, /healthz
///
/// A sign-up or claim repeated with its idempotency key gets the first result again: of a claim the same
/// text, of a sign-up the same user with a token of its own. A refused claim leaves no trace, so its key may
/// be used again.
class api {
   public:
    struct parts {
        postgres::pool* pool;
        claim_desk* desk;
        accounts* people;
        const tokens* signer;
        strategy by_default;  ///< of a claim without X-Lock-Strategy
        std::chrono::milliseconds statement;
        std::function<task<health>()> examine;
    };

    explicit api(parts use) : use_(std::move(use)) {}

    /// The api must outlive the router.
    void add_to(http::router& routes);

   private:
    using endpoint = task<http::response> (api::*)(const http::request&, const http::path_params&);
    http::handler guarded(endpoint what);

    /// The faults of backends as answers.
    task<http::response> answered(task<http::response> call);
    /// Says so once a second at most: a backend that is away fails every request.
    void warn(const error& failure);

    task<http::response> sign_up(const http::request& request, const http::path_params& path);
    task<http::response> claim(const http::request& request, const http::path_params& path);
    task<http::response> coupons(const http::request& request, const http::path_params& path);
    task<http::response> one_coupon(const http::request& request, const http::path_params& path);
    task<http::response> my_coupons(const http::request& request, const http::path_params& path);
    task<http::response> state(const http::request& request, const http::path_params& path);

    std::optional<user_id> who(const http::request& request) const;
    deadline statement_deadline() const { return after(use_.statement); }

    parts use_;
    deadline next_warning_{};
    int failures_ = 0;  // since the last warning
};

}  // namespace dibs::coupon
