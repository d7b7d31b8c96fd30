#pragma once

#include "core/asio.hpp"
#include "coupon/accounts/access_observer.hpp"
#include "coupon/accounts/tokens.hpp"
#include "coupon/answer_guard.hpp"
#include "http/router.hpp"

#include <chrono>
#include <optional>

namespace dibs::coupon {

/// The administration as HTTP shows it. Every request needs an administrator's token, whose role is looked up
/// again: who is none any more is refused at once.
///
///     POST  /api/admin/coupons        201 with Location, 409 coupon-exists
///     PATCH /api/admin/coupons/{id}   200, 404 unknown-coupon, 409 stock-below-issued, 412 edited-meanwhile
///     GET   /api/admin/coupons, /api/admin/coupons/{id}, /api/admin/statistics
///
/// One coupon comes with its ETag. A PATCH with that as If-Match is refused when somebody edited the coupon
/// since; without, the last writer wins, member by member.
class admin_api {
   public:
    /// All of them must outlive it. `statement` bounds each answer of the database.
    admin_api(postgres::pool& pool, const tokens& signer, access_observer& access,
              std::chrono::milliseconds statement)
        : pool_(pool), signer_(signer), access_(access), statement_(statement) {}

    /// The admin_api must outlive the router.
    void add_to(http::router& routes);

    /// The action, for administrators alone. The admin_api must outlive it.
    http::handler for_administrators(http::handler action);

   private:
    struct call {
        const http::request& request;
        const http::path_params& path;
        user_id by;
    };
    using endpoint = task<http::response> (admin_api::*)(call);
    http::handler guarded(endpoint what);
    struct admission {
        user_id by{};
        std::optional<http::response> refusal = std::nullopt;  ///< of anybody but an administrator
    };
    task<admission> admit(const http::request& request);
    task<http::response> admitted(endpoint what, const http::request& request, const http::path_params& path);
    task<http::response> admitted(const http::handler& action, const http::request& request,
                                  const http::path_params& path);

    task<http::response> create(call made);
    task<http::response> edit(call made);
    task<http::response> one(call made);
    task<http::response> all(call made);
    task<http::response> figures(call made);

    deadline statement_deadline() const { return after(statement_); }

    postgres::pool& pool_;
    const tokens& signer_;
    access_observer& access_;
    std::chrono::milliseconds statement_;
    answer_guard guard_;
};

}  // namespace dibs::coupon
