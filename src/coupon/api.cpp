#include "coupon/api.hpp"

#include "coupon/accounts/bearer.hpp"
#include "coupon/input.hpp"

#include <utility>

namespace dibs::coupon {

void api::add_to(http::router& routes) {
    routes.add(http::method::post, "/api/coupons/{id}/claims", guarded(&api::claim));
    routes.add(http::method::get, "/api/coupons", guarded(&api::coupons));
    routes.add(http::method::get, "/api/coupons/{id}", guarded(&api::one_coupon));
    routes.add(http::method::get, "/api/me/coupons", guarded(&api::my_coupons));
}

http::handler api::guarded(endpoint what) {
    return [this, what](const http::request& request, const http::path_params& path) {
        return guard_.answered((this->*what)(request, path));
    };
}

std::optional<user_id> api::who(const http::request& request) const {
    const auto bearer = bearer_of(request, *use_.signer, *use_.access);
    if (!bearer) return std::nullopt;
    return bearer->id;
}

std::optional<steady::duration> api::too_soon(user_id user) const {
    if (use_.by_user == nullptr) return std::nullopt;
    const auto again = use_.by_user->refuse({0, static_cast<std::uint64_t>(number(user))}, steady::now());
    if (again) use_.access->limited(limited_by::user);
    return again;
}

task<http::response> api::claim(const http::request& request, const http::path_params& path) {
    const auto user = who(request);
    if (!user) co_return unauthorized();
    if (const auto again = too_soon(*user)) co_return http::rate_limited(*again);
    const auto word = request.header("X-Lock-Strategy");
    const auto how = word ? strategy_from(*word) : use_.by_default;
    if (!how || !use_.desk->offers(*how)) co_return strategy_not_offered(use_.desk->offered());
    claim_body body = read_claim(request.body, request.header("Idempotency-Key"));
    claim_request wanted{*user, std::string(path.at("id")), std::move(body.code), std::move(body.key),
                         body.fingerprint};
    if (!is_coupon_id(wanted.coupon)) co_return unknown_coupon(wanted.coupon);
    const outcome result = co_await use_.desk->claim(wanted, *how);
    co_return answer(wanted, result);
}

task<http::response> api::coupons(const http::request&, const http::path_params&) {
    co_return listed(co_await list_coupons(*use_.pool, statement_deadline()));
}

task<http::response> api::one_coupon(const http::request&, const http::path_params& path) {
    std::string id(path.at("id"));
    if (!is_coupon_id(id)) co_return unknown_coupon(id);
    const auto found = co_await find_coupon(*use_.pool, id, statement_deadline());
    if (!found) co_return unknown_coupon(id);
    co_return shown(*found);
}

task<http::response> api::my_coupons(const http::request& request, const http::path_params&) {
    const auto user = who(request);
    if (!user) co_return unauthorized();
    if (const auto again = too_soon(*user)) co_return http::rate_limited(*again);
    co_return listed(co_await claims_of(*use_.pool, *user, statement_deadline()));
}

}  // namespace dibs::coupon
