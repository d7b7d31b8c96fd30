#pragma once

#include "coupon/accounts/access_observer.hpp"
#include "coupon/accounts/accounts.hpp"
#include "coupon/accounts/tokens.hpp"
#include "coupon/answer_guard.hpp"
#include "http/router.hpp"

namespace dibs::coupon {

/// Accounts as HTTP shows them.
///
///     POST /api/auth/signup    201 {"data":{"accessToken", "expiresIn", "refreshToken", "user"}}, 409
///     email-taken POST /api/auth/login     200 the same, 401 wrong-credentials, 429 too-many-tries with
///     Retry-After POST /api/auth/refresh   200 the same, 401 session-over POST /api/auth/logout    204
class account_api {
   public:
    /// All of them must outlive it.
    account_api(accounts& people, const tokens& signer, access_observer& access)
        : people_(people), signer_(signer), access_(access) {}

    /// The account_api must outlive the router.
    void add_to(http::router& routes);

   private:
    using endpoint = task<http::response> (account_api::*)(const http::request&);
    http::handler guarded(endpoint what);

    task<http::response> sign_up(const http::request& request);
    task<http::response> log_in(const http::request& request);
    task<http::response> refresh(const http::request& request);
    task<http::response> log_out(const http::request& request);

    http::response signed_in(int status, const user& of, const std::string& refresh_token) const;
    http::response session_over() const;
    http::response answer_to(const sign_in& result, way_in how) const;

    accounts& people_;
    const tokens& signer_;
    access_observer& access_;
    answer_guard guard_;
};

}  // namespace dibs::coupon
