#include "coupon/api.hpp"

#include <dibs/error.hpp>

#include <boost/algorithm/string/predicate.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace dibs::coupon {
namespace {

constexpr std::string_view scheme = "Bearer ";
constexpr std::chrono::seconds between_warnings{1};

}  // namespace

void api::add_to(http::router& routes) {
    routes.add(http::method::post, "/api/auth/signup", guarded(&api::sign_up));
    routes.add(http::method::post, "/api/coupons/{id}/claims", guarded(&api::claim));
    routes.add(http::method::get, "/api/coupons", guarded(&api::coupons));
    routes.add(http::method::get, "/api/coupons/{id}", guarded(&api::one_coupon));
    routes.add(http::method::get, "/api/me/coupons", guarded(&api::my_coupons));
    routes.add(http::method::get, "/healthz", guarded(&api::state));
}

http::handler api::guarded(endpoint what) {
    return [this, what](const http::request& request, const http::path_params& path) {
        return answered((this->*what)(request, path));
    };
}

task<http::response> api::answered(task<http::response> call) {
    try {
        co_return co_await std::move(call);
    } catch (const invalid_input& wrong) {
        co_return malformed(wrong.what());
    } catch (const error& failure) {
        warn(failure);
        co_return unavailable(failure);
    }
}

void api::warn(const error& failure) {
    ++failures_;
    if (steady::now() < next_warning_) return;
    next_warning_ = after(between_warnings);
    spdlog::warn("answered 503 {} times, the last because of: {}", std::exchange(failures_, 0),
                 failure.what());
}

std::optional<user_id> api::who(const http::request& request) const {
    const auto given = request.header("Authorization");
    if (!given || !boost::algorithm::istarts_with(*given, scheme)) return std::nullopt;
    return use_.signer->verify(given->substr(scheme.size()), tokens::clock::now());
}

task<http::response> api::sign_up(const http::request& request, const http::path_params&) {
    sign_up_body body = read_sign_up(request.body);
    const auto account = co_await use_.people->sign_up(std::move(body));
    if (!account) co_return email_taken();
    co_return signed_up(*account, use_.signer->issue(account->id, tokens::clock::now()));
}

task<http::response> api::claim(const http::request& request, const http::path_params& path) {
    const auto user = who(request);
    if (!user) co_return unauthorized();
    const auto word = request.header("X-Lock-Strategy");
    const auto how = word ? strategy_from(*word) : use_.by_default;
    if (!how || !use_.desk->offers(*how)) co_return strategy_not_offered(use_.desk->offered());
    claim_body body = read_claim(request.body);
    claim_request wanted{*user, std::string(path.at("id")), std::move(body.code), std::move(body.key)};
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
    co_return listed(co_await claims_of(*use_.pool, *user, statement_deadline()));
}

task<http::response> api::state(const http::request&, const http::path_params&) {
    co_return healthy(co_await use_.examine());
}

}  // namespace dibs::coupon
