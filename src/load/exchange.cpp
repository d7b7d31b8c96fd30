#include "load/exchange.hpp"

#include <boost/json/monotonic_resource.hpp>
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

/// The body of an answer, read as JSON.
class read_body {
   public:
    explicit read_body(std::string_view body)
        : memory_(room_.data(), room_.size()), value_(json::storage_ptr(&memory_)) {
        value_ = json::parse(body, failed_, &memory_);
    }
    read_body(const read_body&) = delete;
    read_body& operator=(const read_body&) = delete;

    /// Null where the text is no JSON or has no such member.
    const json::value* find(const char* path) const {
        boost::system::error_code absent;
        return failed_ ? nullptr : value_.find_pointer(path, absent);
    }

   private:
    std::array<unsigned char, 2048> room_;  // for most answers, so that nothing is allocated
    json::monotonic_resource memory_;
    boost::system::error_code failed_;
    json::value value_;
};

std::optional<std::string> claim_id(const read_body& answer) {
    const json::value* id = answer.find("/data/id");
    if (id == nullptr) return std::nullopt;
    if (id->is_string() && !id->get_string().empty()) return std::string(id->get_string());
    if (id->is_number()) return json::serialize(*id);
    return std::nullopt;
}

outcome outcome_by_type(int status, const read_body& answer) {
    const json::value* type = answer.find("/type");
    if (type == nullptr || !type->is_string()) return status == 503 ? outcome::lock_timeout : outcome::error;
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

outcome outcome_in(int status, const read_body& answer) {
    if (status == 201) return outcome::issued;
    return status == 409 || status == 503 ? outcome_by_type(status, answer) : outcome::error;
}

std::string json_string(std::string_view text) { return json::serialize(json::string_view(text)); }

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
    return fmt::format(R"({{"couponCode":{},"idempotencyKey":{}}})", json_string(coupon.code),
                       json_string(key));
}

std::optional<std::string> access_token_in(std::string_view body) {
    const read_body answer(body);
    const json::value* token = answer.find("/data/accessToken");
    if (token == nullptr || !token->is_string() || token->get_string().empty()) return std::nullopt;
    return std::string(token->get_string());
}

claim_answer read_claim(int status, std::string_view body) {
    const read_body answer(body);
    return {claim_id(answer), outcome_in(status, answer)};
}

std::optional<std::string> claim_id_in(std::string_view body) { return claim_id(read_body(body)); }

outcome outcome_of(int status, std::string_view body) { return outcome_in(status, read_body(body)); }

std::string problem_in(std::string_view body) {
    const read_body answer(body);
    const json::value* detail = answer.find("/detail");
    return detail != nullptr && detail->is_string() ? std::string(detail->get_string()) : std::string();
}

std::vector<std::string> strategies_in(std::string_view body) {
    const read_body answer(body);
    const json::value* list = answer.find("/data/strategies");
    std::vector<std::string> names;
    if (list == nullptr || !list->is_array()) return names;
    for (const json::value& name : list->get_array())
        if (name.is_string()) names.emplace_back(name.get_string());
    return names;
}

std::string_view to_string(outcome what) {
    static constexpr std::array<std::string_view, outcome_kinds> words{
        "issued", "sold_out", "already_claimed", "lock_timeout", "conflict", "error", "in_doubt"};
    return words.at(static_cast<std::size_t>(what));
}

}  // namespace dibs::load
