#include "coupon/answers.hpp"

#include "coupon/answer_parts.hpp"
#include "coupon/input.hpp"

#include <dibs/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <stdexcept>

namespace dibs::coupon {
namespace {

namespace json = boost::json;

json::object described(const claim_record& one) {
    return {{"id", number(one.id)},
            {"couponId", one.coupon},
            {"userId", number(one.user)},
            {"issuedAt", one.issued_at}};
}

std::string_view word_for(coupon_phase phase) {
    switch (phase) {
        case coupon_phase::early: return "not-yet-open";
        case coupon_phase::over: return "closed";
        case coupon_phase::paused: return "paused";
        case coupon_phase::open: break;
    }
    return "open";
}

json::object described(const coupon_state& one) {
    return {{"id", one.id},
            {"stock", one.stock},
            {"issued", one.issued},
            {"remaining", one.remaining()},
            {"perUser", one.per_user},
            {"state", word_for(one.phase)},
            {"opensAt", time_or_null(one.opens_at)},
            {"closesAt", time_or_null(one.closes_at)}};
}

http::response in_progress() {
    http::response made = problem_answer(409, "in-progress", "In progress",
                                         "the same request is under way: repeat it to learn what came of it");
    made.headers.emplace_back("Retry-After", "1");
    return made;
}

template <class Item>
http::response list(const std::vector<Item>& items) {
    json::array shown;
    for (const auto& item : items) shown.push_back(described(item));
    return data_answer(200, std::move(shown));
}

http::response refusal(const claim_request& request, verdict why) {
    switch (why) {
        case verdict::already_claimed:
            return problem_answer(
                409, "already-claimed", "Already claimed",
                fmt::format("you have what one user may have of coupon {}", request.coupon));
        case verdict::sold_out:
            return problem_answer(409, "sold-out", "Sold out",
                                  fmt::format("coupon {} is sold out", request.coupon));
        case verdict::wrong_code:
            return problem_answer(422, "wrong-code", "Wrong coupon code",
                                  fmt::format("that is not the code of coupon {}", request.coupon));
        case verdict::key_reused:
            return problem_answer(
                422, "key-reused", "Idempotency key reused",
                "this idempotency key stands for a claim whose request said something else");
        case verdict::in_progress: return in_progress();
        case verdict::not_yet_open:
            return problem_answer(
                409, "not-yet-open", "Not yet open",
                fmt::format("coupon {} cannot be claimed yet: see its opensAt", request.coupon));
        case verdict::closed:
            return problem_answer(409, "closed", "Closed",
                                  fmt::format("coupon {} can no longer be claimed", request.coupon));
        case verdict::paused:
            return problem_answer(409, "paused", "Paused",
                                  fmt::format("coupon {} cannot be claimed for now", request.coupon));
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

http::response answer(const claim_request& request, const outcome& result) {
    http::response made =
        result.claim ? data_answer(201, described(*result.claim)) : refusal(request, result.result);
    if (result.conflicts > 0)
        made.headers.emplace_back("X-Claim-Conflicts", std::to_string(result.conflicts));
    return made;
}

http::response shown(const coupon_state& one) { return data_answer(200, described(one)); }
http::response listed(const std::vector<coupon_state>& all) { return list(all); }
http::response listed(const std::vector<claim_record>& of_user) { return list(of_user); }

http::response malformed(const std::string& what) {
    return problem_answer(400, "malformed-request", "Malformed request", what);
}

http::response unauthorized() {
    return not_signed_in("unauthorized", "Not signed in",
                         "send the accessToken of a sign-up or login as `Authorization: Bearer TOKEN`");
}

http::response unknown_coupon(std::string_view id) {
    // What cannot be an id is not repeated: it may be any bytes.
    return problem_answer(
        404, "unknown-coupon", "No such coupon",
        is_coupon_id(id) ? fmt::format("there is no coupon {}", id) : "that cannot be a coupon's id");
}

http::response strategy_not_offered(const std::vector<strategy>& offered) {
    std::string list;
    for (const auto kind : offered) list += fmt::format("{}{}", list.empty() ? "" : ", ", to_string(kind));
    return problem_answer(
        400, "unknown-strategy", "Unknown lock strategy",
        fmt::format("X-Lock-Strategy must be one of those that this service offers: {}", list));
}

http::response unavailable(const error& failure) {
    if (failure.in_doubt())
        return come_again("in-doubt", "Outcome unknown",
                          "a backend did not answer in time: repeat the request with the same "
                          "idempotency key to learn what came of it");
    if (failure.kind() == fault::exhausted)
        return come_again("overloaded", "Overloaded", "too many requests are under way; nothing was done");
    return come_again("backend-unavailable", "Backend unavailable",
                      "a backend of this service is away; nothing was done");
}

}  // namespace dibs::coupon
