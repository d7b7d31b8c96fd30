#include "page/operator_view.hpp"

#include "coupon/answers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>

namespace dibs::page {
namespace {

namespace json = boost::json;

template <class Number>
json::value or_null(const std::optional<Number>& number) {
    return number ? json::value(*number) : json::value();
}

json::value milliseconds(const std::optional<std::chrono::nanoseconds>& time) {
    if (!time) return {};
    return std::chrono::duration<double, std::milli>(*time).count();
}

json::array described(const std::vector<coupon::coupon_state>& coupons, const issue_rates& rates) {
    json::array all = json::parse(user_text(coupons)).at("data").as_array();
    for (auto& one : all) {
        auto& coupon = one.as_object();
        coupon["issuedPerSecond"] = rates.of(std::string(coupon.at("id").as_string()));
    }
    return all;
}

json::object described(const claim_figures& claims) {
    json::object rates;
    for (std::size_t what = 0; what < fates; ++what) rates[fate_names[what]] = claims.per_second[what];
    return {{"perSecond", std::move(rates)},
            {"bySecond", json::array(claims.by_second.begin(), claims.by_second.end())},
            {"answered", claims.answered},
            {"p50", milliseconds(claims.p50)},
            {"p95", milliseconds(claims.p95)},
            {"p99", milliseconds(claims.p99)}};
}

json::object described(const locks::seen_lock& one) {
    const auto left = one.remaining ? std::optional(one.remaining->count()) : std::nullopt;
    return {{"name", one.name},       {"backend", one.backend},         {"on", one.on},
            {"holder", one.holder},   {"token", or_null(one.token)},    {"remaining", or_null(left)},
            {"waiters", one.waiters}, {"deadWaiters", one.dead_waiters}};
}

}  // namespace

std::string user_text(const std::vector<coupon::coupon_state>& coupons) {
    return coupon::listed(coupons).body;
}

std::string operator_text(const operator_view& seen, const issue_rates& rates) {
    json::value locks;
    if (seen.locks) {
        json::array all;
        for (const auto& one : *seen.locks) all.push_back(described(one));
        locks = std::move(all);
    }
    return json::serialize(json::object{{"process", seen.process},
                                        {"coupons", described(seen.coupons, rates)},
                                        {"claims", described(seen.claims)},
                                        {"locks", std::move(locks)}});
}

}  // namespace dibs::page
