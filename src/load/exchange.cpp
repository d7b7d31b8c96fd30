#include "load/exchange.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include <array>
#include <utility>

namespace dibs::load {
namespace {

namespace json = boost::json;

/// The member at `path`, or nothing where the text is no JSON or has no such member.
std::optional<json::value> member(std::string_view body, const char* path) {
    boost::system::error_code failed;
    const json::value read = json::parse(body, failed);
    if (failed) return std::nullopt;
    const json::value* found = read.find_pointer(path, failed);
    if (found == nullptr) return std::nullopt;
    return *found;
}

}  // namespace

fresh_user make_user(std::string_view run, std::uint32_t user, std::uint64_t iteration, sign_up how) {
    fresh_user fresh;
    fresh.name = fmt::format("load {} {}", user, iteration);
    fresh.email = fmt::format("load-{}-{}-{}@example.com", run, user, iteration);
    fresh.sign_up_key = fmt::format("signup_{}-{}-{}", run, user, iteration);
    if (how == sign_up::with_password) fresh.password = fmt::format("Passw0rd-{}-{}", run, user);
    return fresh;
}

std::string sign_up_body(const fresh_user& user) {
    json::object body{{"email", user.email}, {"name", user.name}, {"idempotencyKey", user.sign_up_key}};
    if (!user.password.empty()) body["password"] = user.password;
    return json::serialize(body);
}

std::string claim_path(const coupon_choice& coupon) {
    return fmt::format("/api/coupons/{}/claims",
                       boost::urls::encode(coupon.id, boost::urls::unreserved_chars));
}

std::string claim_key(std::string_view access_token, std::chrono::system_clock::time_point now) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    return fmt::format("issue_{}{}", access_token.substr(0, 10), since.count());
}

std::string claim_body(const coupon_choice& coupon, std::string_view key) {
    const json::object body{{"couponCode", coupon.code}, {"idempotencyKey", key}};
    return json::serialize(body);
}

std::optional<std::string> access_token_in(std::string_view body) {
    const auto token = member(body, "/data/accessToken");
    if (!token || !token->is_string() || token->get_string().empty()) return std::nullopt;
    return std::string(token->get_string());
}

std::optional<std::string> claim_id_in(std::string_view body) {
    const auto id = member(body, "/data/id");
    if (!id) return std::nullopt;
    if (id->is_string() && !id->get_string().empty()) return std::string(id->get_string());
    if (id->is_number()) return json::serialize(*id);
    return std::nullopt;
}

std::string problem_in(std::string_view body) {
    const auto detail = member(body, "/detail");
    return detail && detail->is_string() ? std::string(detail->get_string()) : std::string();
}

std::vector<std::string> strategies_in(std::string_view body) {
    const auto list = member(body, "/data/strategies");
    std::vector<std::string> names;
    if (!list || !list->is_array()) return names;
    for (const json::value& name : list->get_array())
        if (name.is_string()) names.emplace_back(name.get_string());
    return names;
}

std::string_view to_string(outcome what) {
    static constexpr std::array<std::string_view, outcome_kinds> words{
        "issued", "sold_out", "already_claimed", "lock_timeout", "conflict", "error", "in_doubt"};
    return words.at(static_cast<std::size_t>(what));
}

outcome outcome_of(int status, std::string_view body) {
    if (status == 201) return outcome::issued;
    if (status != 409 && status != 503) return outcome::error;
    const auto type = member(body, "/type");
    if (!type || !type->is_string()) return status == 503 ? outcome::lock_timeout : outcome::error;
    const std::string_view word = type->get_string();
    static constexpr std::array<std::pair<std::string_view, outcome>, 5> problems{
        {{"/sold-out", outcome::sold_out},
         {"/already-claimed", outcome::already_claimed},
         {"/lock-timeout", outcome::lock_timeout},
         {"/conflict", outcome::conflict},
         {"/in-doubt", outcome::in_doubt}}};
    for (const auto& [end, meaning] : problems)
        if (word.ends_with(end)) return meaning;
    return outcome::error;
}

}  // namespace dibs::load
