#include "coupon/admin/admin_input.hpp"

#include "coupon/answer_parts.hpp"
#include "coupon/input.hpp"
#include "coupon/json_members.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <charconv>

namespace dibs::coupon {
namespace {

namespace json = boost::json;

constexpr text_limit code_limit{255};
constexpr number_limit stock_limit{0, 1'000'000'000'000};
constexpr number_limit per_user_limit{1, 1'000'000};
constexpr text_limit id_limit{121};

bool is_null(const json::object& from, std::string_view member) {
    const json::value* found = from.if_contains(member);
    return found != nullptr && found->is_null();
}

/// Missing and null alike: no time.
std::optional<std::string> time_or_none(const json::object& from, std::string_view member) {
    if (!from.contains(member) || is_null(from, member)) return std::nullopt;
    return time_of(from, member);
}

std::optional<time_edit> time_edit_of(const json::object& from, std::string_view member) {
    if (!from.contains(member)) return std::nullopt;
    return time_edit{time_or_none(from, member)};
}

std::string id_of(const json::object& from) {
    std::string id = text_of(from, "id", id_limit);
    if (!is_coupon_id(id)) throw invalid_input("`id` must be 1 to 121 of A-Z a-z 0-9 : _ . -");
    return id;
}

constexpr const char* not_shown = "(not shown)";

}  // namespace

coupon_draft read_coupon_draft(std::string_view body) {
    const json::object from = read_object(body);
    allow_only(from, {"id", "code", "stock", "perUser", "opensAt", "closesAt", "paused"});
    coupon_draft read;
    read.id = id_of(from);
    read.code = text_of(from, "code", code_limit);
    read.stock = number_of(from, "stock", stock_limit);
    if (from.contains("perUser")) read.per_user = number_of(from, "perUser", per_user_limit);
    read.opens_at = time_or_none(from, "opensAt");
    read.closes_at = time_or_none(from, "closesAt");
    if (from.contains("paused")) read.paused = truth_of(from, "paused");
    return read;
}

coupon_edit read_coupon_edit(std::string_view body) {
    const json::object from = read_object(body);
    allow_only(from, {"code", "stock", "perUser", "opensAt", "closesAt", "paused"});
    if (from.empty()) throw invalid_input("the body names nothing to change");
    coupon_edit read;
    if (from.contains("code")) read.code = text_of(from, "code", code_limit);
    if (from.contains("stock")) read.stock = number_of(from, "stock", stock_limit);
    if (from.contains("perUser")) read.per_user = number_of(from, "perUser", per_user_limit);
    read.opens_at = time_edit_of(from, "opensAt");
    read.closes_at = time_edit_of(from, "closesAt");
    if (from.contains("paused")) read.paused = truth_of(from, "paused");
    return read;
}

std::optional<std::int64_t> read_edition(std::optional<std::string_view> if_match) {
    if (!if_match || *if_match == "*") return std::nullopt;
    std::int64_t edition = 0;
    const char* const end = if_match->data() + if_match->size();
    if (if_match->size() > 2) std::from_chars(if_match->data() + 1, end - 1, edition);
    if (*if_match != etag_of(edition))
        throw invalid_input("`If-Match` must be the ETag of the coupon, as \"3\" in its quotes, or *");
    return edition;
}

std::string etag_of(std::int64_t edition) { return fmt::format("\"{}\"", edition); }

std::string for_the_record(const coupon_draft& made) {
    const json::object shown{{"created", true},
                             {"code", not_shown},
                             {"stock", made.stock},
                             {"perUser", made.per_user},
                             {"opensAt", time_or_null(made.opens_at)},
                             {"closesAt", time_or_null(made.closes_at)},
                             {"paused", made.paused}};
    return json::serialize(shown);
}

std::string for_the_record(const coupon_edit& made) {
    json::object shown;
    if (made.code) shown["code"] = not_shown;
    if (made.stock) shown["stock"] = *made.stock;
    if (made.per_user) shown["perUser"] = *made.per_user;
    if (made.opens_at) shown["opensAt"] = time_or_null(made.opens_at->at);
    if (made.closes_at) shown["closesAt"] = time_or_null(made.closes_at->at);
    if (made.paused) shown["paused"] = *made.paused;
    return json::serialize(shown);
}

}  // namespace dibs::coupon
