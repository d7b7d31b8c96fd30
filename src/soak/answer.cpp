#include "soak/answer.hpp"

#include "load/exchange.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace dibs::soak {
namespace {

/// The last word of a problem's type: `overloaded` of `/problems/overloaded`.
std::string problem_in(std::string_view body) {
    boost::system::error_code wrong;
    const auto read = boost::json::parse(body, wrong);
    if (wrong) return {};
    const auto* type = read.find_pointer("/type", wrong);
    if (type == nullptr || !type->is_string()) return {};
    const std::string word(type->get_string());
    return word.substr(word.rfind('/') + 1);
}

answer unanswered(const http::client_response& told) {
    return {told.bytes_sent > 0 ? reply::unknown : reply::not_done, {}, {}, told.error};
}

answer unavailable(const std::string& problem) {
    if (problem == "in-doubt") return {reply::unknown, {}, {}, problem};
    const bool nothing_done = problem == "lock-timeout" || problem == "conflict" || problem == "overloaded" ||
                              problem == "backend-unavailable";
    return {nothing_done ? reply::not_done : reply::unexpected, {}, {}, problem};
}

}  // namespace

answer judge(http::client_response told) {
    if (told.status == 0) return unanswered(told);
    if (told.status == 201) {
        auto id = load::claim_id_in(told.body);
        if (id) return {reply::issued, std::move(*id), std::move(told.body), {}};
    }
    const auto problem = problem_in(told.body);
    if (told.status == 503) {
        auto known = unavailable(problem);
        if (known.what != reply::unexpected) return known;
    }
    // In the checker's words.
    if (told.status == 409 && problem == "sold-out") return {reply::sold_out, {}, {}, "sold out"};
    if (told.status == 409 && problem == "in-progress") return {reply::unknown, {}, {}, problem};
    if (told.status == 409 && problem == "already-claimed")
        return {reply::already_claimed, {}, {}, "already claimed"};
    return {reply::unexpected, {}, {}, fmt::format("{} {}", told.status, told.body)};
}

}  // namespace dibs::soak
