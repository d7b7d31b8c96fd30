#include "coupon/input.hpp"

#include "coupon/json_members.hpp"

#include <dibs/error.hpp>
#include <dibs/lock.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <stdexcept>

namespace dibs::coupon {
namespace {

constexpr std::string_view key_member = "idempotencyKey";
constexpr std::size_t longest_key = 255;
constexpr std::size_t longest_code = 255;

// The first eight bytes of SHA-256 over the members in the order of their names.
std::int64_t fingerprint_of(const boost::json::object& body) {
    std::map<std::string_view, const boost::json::value*> sorted;
    for (const auto& [member, value] : body)
        if (member != key_member) sorted.emplace(member, &value);
    std::string text;
    for (const auto& [member, value] : sorted)
        text += boost::json::serialize(boost::json::string(member)) + boost::json::serialize(*value);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    std::size_t length = 0;
    if (EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest.data(), &length) != 1)
        throw std::runtime_error("SHA-256 is not to be had");
    std::int64_t first = 0;
    std::memcpy(&first, digest.data(), sizeof first);
    return first;
}

std::string key_in_field(std::string_view field) {
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
        field = field.substr(1, field.size() - 2);
    const auto plain = [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (field.empty() || field.size() > longest_key || !std::ranges::all_of(field, plain))
        throw invalid_input(
            fmt::format("`Idempotency-Key` must have 1 to {} visible ASCII characters", longest_key));
    return std::string(field);
}

std::string key_of(const boost::json::object& body, std::optional<std::string_view> field) {
    if (!field) return text_of(body, key_member, {longest_key});
    std::string key = key_in_field(*field);
    if (body.contains(key_member) && text_of(body, key_member, {longest_key}) != key)
        throw invalid_input(
            "`idempotencyKey` and the field `Idempotency-Key` are not the same: send one of them");
    return key;
}

}  // namespace

claim_body read_claim(std::string_view body, std::optional<std::string_view> key_field) {
    const boost::json::object from = read_object(body);
    claim_body read;
    read.code = text_of(from, "couponCode", {longest_code});
    read.key = key_of(from, key_field);
    read.fingerprint = fingerprint_of(from);
    return read;
}

std::string lock_of_coupon(std::string_view coupon_id) { return fmt::format("coupon:{}", coupon_id); }

bool is_coupon_id(std::string_view id) {
    if (id.empty()) return false;
    try {
        return !lock_name(lock_of_coupon(id)).text().empty();
    } catch (const error&) {
        return false;
    }
}

void check(const coupon_spec& spec) {
    if (!is_coupon_id(spec.id))
        throw invalid_input(
            fmt::format("'{}' cannot be a coupon's id: 1 to 121 of A-Z a-z 0-9 : _ . -", spec.id));
    if (spec.code.empty() || spec.code.size() > longest_code || spec.code.find('\0') != std::string::npos)
        throw invalid_input(
            fmt::format("the code of coupon {} must have 1 to {} bytes", spec.id, longest_code));
    if (spec.stock < 0)
        throw invalid_input(fmt::format("the stock of coupon {} must not be negative", spec.id));
}

coupon_spec read_coupon_spec(std::string_view text) {
    const auto first = text.find(':');
    const auto last = text.rfind(':');
    // Nothing of it is quoted but the id: where a part is missing any other may be the code, which is a
    // secret.
    if (first == last) throw invalid_input("a coupon is ID:CODE:STOCK, as spring-drop:SECRET:500");
    const std::string_view number = text.substr(last + 1);
    coupon_spec spec;
    spec.id = text.substr(0, first);
    spec.code = text.substr(first + 1, last - first - 1);
    const auto [end, wrong] = std::from_chars(number.data(), number.data() + number.size(), spec.stock);
    if (wrong != std::errc() || end != number.data() + number.size())
        throw invalid_input(
            fmt::format("what follows the last colon of '{}' is not a number of pieces", spec.id));
    check(spec);
    return spec;
}

}  // namespace dibs::coupon
