#include "coupon/admin/admin_api.hpp"

#include "coupon/accounts/bearer.hpp"
#include "coupon/admin/admin_input.hpp"
#include "coupon/admin/coupon_admin.hpp"
#include "coupon/answer_parts.hpp"
#include "coupon/answers.hpp"
#include "coupon/input.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <stdexcept>
#include <utility>

namespace dibs::coupon {
namespace {

boost::json::object described_for_admins(const managed_coupon& one) {
    return {{"id", one.is.id},
            {"code", one.is.code},
            {"stock", one.is.stock},
            {"issued", one.issued},
            {"remaining", one.is.stock - one.issued},
            {"perUser", one.is.per_user},
            {"opensAt", time_or_null(one.is.opens_at)},
            {"closesAt", time_or_null(one.is.closes_at)},
            {"paused", one.is.paused}};
}

http::response with_etag(int status, boost::json::object content, std::int64_t edition) {
    http::response made = data_answer(status, std::move(content));
    made.headers.emplace_back("ETag", etag_of(edition));
    return made;
}

http::response forbidden() {
    return problem_answer(
        403, "forbidden", "For administrators",
        "this needs an account that `dibs admin grant` has made an administrator's, and a token "
        "from after that");
}

http::response coupon_exists(const std::string& id) {
    return problem_answer(409, "coupon-exists", "Coupon exists",
                          fmt::format("there is a coupon {} already: PATCH it to change it", id));
}

http::response answer_to_edit(const edited& result, const std::string& id) {
    switch (result.what) {
        case edited::result::done:
            return with_etag(200, described_for_admins(result.now), result.now.edition);
        case edited::result::unknown_coupon: return unknown_coupon(id);
        case edited::result::edited_meanwhile:
            return problem_answer(412, "edited-meanwhile", "Edited meanwhile",
                                  fmt::format("coupon {} has another ETag by now: read it again", id));
        case edited::result::stock_below_issued:
            return problem_answer(409, "stock-below-issued", "Stock below what is issued",
                                  fmt::format("more pieces of coupon {} are issued than `stock` says", id));
    }
    throw std::logic_error("an edit without a result");
}

}  // namespace

void admin_api::add_to(http::router& routes) {
    routes.add(http::method::post, "/api/admin/coupons", guarded(&admin_api::create));
    routes.add(http::method::get, "/api/admin/coupons", guarded(&admin_api::all));
    routes.add(http::method::patch, "/api/admin/coupons/{id}", guarded(&admin_api::edit));
    routes.add(http::method::get, "/api/admin/coupons/{id}", guarded(&admin_api::one));
    routes.add(http::method::get, "/api/admin/statistics", guarded(&admin_api::figures));
}

http::handler admin_api::guarded(endpoint what) {
    return [this, what](const http::request& request, const http::path_params& path) {
        return guard_.answered(admitted(what, request, path));
    };
}

http::handler admin_api::for_administrators(http::handler action) {
    return [this, action = std::move(action)](const http::request& request, const http::path_params& path) {
        return guard_.answered(admitted(action, request, path));
    };
}

task<admin_api::admission> admin_api::admit(const http::request& request) {
    const auto bearer = bearer_of(request, signer_, access_);
    if (!bearer) co_return admission{{}, unauthorized()};
    if (bearer->may != role::admin) co_return admission{{}, forbidden()};
    const auto may = co_await role_of(pool_, bearer->id, statement_deadline());
    if (!may) co_return admission{{}, unauthorized()};
    if (*may != role::admin) co_return admission{{}, forbidden()};
    co_return admission{bearer->id};
}

task<http::response> admin_api::admitted(endpoint what, const http::request& request,
                                         const http::path_params& path) {
    auto who = co_await admit(request);
    if (who.refusal) co_return std::move(*who.refusal);
    call made{request, path, who.by};
    co_return co_await (this->*what)(made);
}

task<http::response> admin_api::admitted(const http::handler& action, const http::request& request,
                                         const http::path_params& path) {
    auto who = co_await admit(request);
    if (who.refusal) co_return std::move(*who.refusal);
    co_return co_await action(request, path);
}

task<http::response> admin_api::create(call made) {
    coupon_draft wanted = read_coupon_draft(made.request.body);
    const auto created = co_await create_coupon(pool_, made.by, wanted, statement_deadline());
    if (!created) co_return coupon_exists(wanted.id);
    spdlog::info("user {} created coupon {}: {}", number(made.by), wanted.id, for_the_record(wanted));
    auto answer = with_etag(201, described_for_admins(*created), created->edition);
    answer.headers.emplace_back("Location", "/api/admin/coupons/" + wanted.id);
    co_return answer;
}

task<http::response> admin_api::edit(call made) {
    std::string id(made.path.at("id"));
    if (!is_coupon_id(id)) co_return unknown_coupon(id);
    edit_order order{made.by, id, read_coupon_edit(made.request.body),
                     read_edition(made.request.header("If-Match"))};
    const std::string record = for_the_record(order.change);
    const auto result = co_await edit_coupon(pool_, std::move(order), statement_deadline());
    if (result.what == edited::result::done)
        spdlog::info("user {} edited coupon {}: {}", number(made.by), id, record);
    co_return answer_to_edit(result, id);
}

task<http::response> admin_api::one(call made) {
    std::string id(made.path.at("id"));
    if (!is_coupon_id(id)) co_return unknown_coupon(id);
    auto found = co_await coupon_figures_of(pool_, id, statement_deadline());
    if (!found) co_return unknown_coupon(id);
    auto shown = described_for_admins(found->of);
    shown["claims"] = found->claims;
    shown["users"] = found->users;
    shown["conflicts"] = std::move(found->conflicts);
    co_return with_etag(200, std::move(shown), found->of.edition);
}

task<http::response> admin_api::all(call) {
    const auto found = co_await managed_coupons(pool_, statement_deadline());
    boost::json::array shown;
    for (const auto& coupon : found) shown.push_back(described_for_admins(coupon));
    co_return data_answer(200, std::move(shown));
}

task<http::response> admin_api::figures(call) {
    auto found = co_await read_statistics(pool_, statement_deadline());
    boost::json::object users{
        {"total", found.users}, {"guests", found.guests}, {"administrators", found.administrators}};
    boost::json::object coupons{{"total", found.coupons}, {"issued", found.issued}};
    boost::json::object shown{{"users", std::move(users)},
                              {"sessions", found.sessions},
                              {"coupons", std::move(coupons)},
                              {"conflicts", std::move(found.conflicts)}};
    co_return data_answer(200, std::move(shown));
}

}  // namespace dibs::coupon
