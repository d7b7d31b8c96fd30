#include "coupon/answers.hpp"

#include "coupon/input.hpp"
#include "http/problem.hpp"

#include <dibs/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <stdexcept>

namespace dibs::coupon {
namespace {

namespace json = boost::json;

constexpr const char* retry_after_seconds = "1";

http::response data(int status, json::value content) {
    http::response made;
    made.status = status;
    made.body = json::serialize(json::object{{"data", std::move(content)}});
    return made;
}

http::response problem(int status, const char* type, const char* title, std::string detail) {
    http::problem made;
    made.status = status;
    made.type = std::string("/problems/") + type;
    made.title = title;
    made.detail = std::move(detail);
    return http::to_response(made);
}

http::response come_again(const char* type, const char* title, std::string detail) {
    http::response made = problem(503, type, title, std::move(detail));
    made.headers.emplace_back("Retry-After", retry_after_seconds);
    return made;
}

json::object described(const claim_record& one) {
    return {{"id", number(one.id)},
            {"couponId", one.coupon},
            {"userId", number(one.user)},
            {"issuedAt", one.issued_at}};
}

json::object described(const coupon_state& one) {
    return {{"id", one.id}, {"stock", one.stock}, {"issued", one.issued}, {"remaining", one.remaining()}};
}

template <class Item>
http::response list(const std::vector<Item>& items) {
    json::array shown;
    for (const auto& item : items) shown.push_back(described(item));
    return data(200, std::move(shown));
}

http::response refusal(const claim_request& request, verdict why) {
    switch (why) {
        case verdict::already_claimed:
            return problem(409, "already-claimed", "Already claimed",
                           fmt::format("you have a piece of coupon {} already", request.coupon));
        case verdict::sold_out:
            return problem(409, "sold-out", "Sold out", fmt::format("coupon {} is sold out", request.coupon));
        case verdict::wrong_code:
            return problem(422, "wrong-code", "Wrong coupon code",
                           fmt::format("that is not the code of coupon {}", request.coupon));
        case verdict::key_reused:
            return problem(422, "key-reused", "Idempotency key reused",
                           "this idempotencyKey stands for your claim of another coupon");
        case verdict::no_such_coupon: return unknown_coupon(request.coupon);
        case verdict::no_such_user: return unauthorized();
        case verdict::lock_busy:
            return come_again("lock-timeout", "Lock not had in time",
                              "others held the coupon's lock all the while; nothing was issued");
        case verdict::conflicting:
            return come_again("conflict", "Overtaken",
                              "the coupon changed while it was being claimed, twice; nothing was issued");
        case verdict::issued:
        case verdict::repeated: break;
    }
    throw std::logic_error("an issued claim is no refusal");
}

}  // namespace

http::response signed_up(const user& account, const std::string& access_token) {
    json::object shown{{"id", number(account.id)}, {"email", account.email}, {"name", account.name}};
    return data(201, json::object{{"accessToken", access_token}, {"user", std::move(shown)}});
}

http::response answer(const claim_request& request, const outcome& result) {
    http::response made =
        result.claim ? data(201, described(*result.claim)) : refusal(request, result.result);
    if (result.conflicts > 0)
        made.headers.emplace_back("X-Claim-Conflicts", std::to_string(result.conflicts));
    return made;
}

http::response shown(const coupon_state& one) { return data(200, described(one)); }
http::response listed(const std::vector<coupon_state>& all) { return list(all); }
http::response listed(const std::vector<claim_record>& of_user) { return list(of_user); }

http::response healthy(const health& now) {
    const bool well = now.redis.empty() && now.postgres.empty();
    const auto word = [](const std::string& trouble) { return trouble.empty() ? "ok" : trouble; };
    json::array strategies;
    for (const auto kind : now.offered) strategies.emplace_back(to_string(kind));
    return data(well ? 200 : 503, json::object{{"status", well ? "ok" : "degraded"},
                                               {"redis", word(now.redis)},
                                               {"postgres", word(now.postgres)},
                                               {"strategies", std::move(strategies)}});
}

http::response malformed(const std::string& what) {
    return problem(400, "malformed-request", "Malformed request", what);
}

http::response unauthorized() {
    http::response made =
        problem(401, "unauthorized", "Not signed in",
                "send the accessToken of POST /api/auth/signup as `Authorization: Bearer TOKEN`");
    made.headers.emplace_back("WWW-Authenticate", "Bearer");
    return made;
}

http::response email_taken() {
    return problem(409, "email-taken", "E-mail address taken", "this e-mail address has signed up before");
}

http::response unknown_coupon(std::string_view id) {
    // What cannot be an id is not repeated: it may be any bytes.
    return problem(
        404, "unknown-coupon", "No such coupon",
        is_coupon_id(id) ? fmt::format("there is no coupon {}", id) : "that cannot be a coupon's id");
}

http::response strategy_not_offered(const std::vector<strategy>& offered) {
    std::string list;
    for (const auto kind : offered) list += fmt::format("{}{}", list.empty() ? "" : ", ", to_string(kind));
    return problem(400, "unknown-strategy", "Unknown lock strategy",
                   fmt::format("X-Lock-Strategy must be one of those that this service offers: {}", list));
}

http::response unavailable(const error& failure) {
    if (failure.in_doubt())
        return come_again("in-doubt", "Outcome unknown",
                          "a backend did not answer in time: repeat the request with the same "
                          "idempotencyKey to learn what came of it");
    if (failure.kind() == fault::exhausted)
        return come_again("overloaded", "Overloaded", "too many requests are under way; nothing was done");
    return come_again("backend-unavailable", "Backend unavailable",
                      "a backend of this service is away; nothing was done");
}

}  // namespace dibs::coupon
