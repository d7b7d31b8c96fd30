#include "coupon/input.hpp"

#include <dibs/error.hpp>
#include <dibs/lock.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace dibs::coupon {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_email = 254;  // RFC 5321, section 4.5.3.1.3, less the brackets
constexpr std::size_t longest_mailbox = 64;
constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_password = 1024;
constexpr std::size_t longest_key = 255;
constexpr std::size_t longest_code = 255;

enum class unit { bytes, characters };

struct text_limit {
    std::size_t longest;
    unit counted_in;
};

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

std::size_t length(std::string_view text, unit in) {
    if (in == unit::bytes) return text.size();
    const auto continued = std::count_if(text.begin(), text.end(), continues_character);
    return text.size() - static_cast<std::size_t>(continued);
}

json::object read_object(std::string_view body) {
    boost::system::error_code wrong;
    json::value read = json::parse(body, wrong);
    if (wrong) throw invalid_input(fmt::format("the body is not JSON: {}", wrong.message()));
    if (!read.is_object()) throw invalid_input("the body must be a JSON object");
    return std::move(read.as_object());
}

std::string text_of(const json::object& from, std::string_view member, text_limit limit) {
    const json::value* found = from.if_contains(member);
    if (found == nullptr) throw invalid_input(fmt::format("`{}` is missing", member));
    if (!found->is_string()) throw invalid_input(fmt::format("`{}` must be a string", member));
    const std::string_view text = found->get_string();
    const std::size_t long_as = length(text, limit.counted_in);
    if (long_as == 0 || long_as > limit.longest)
        throw invalid_input(fmt::format("`{}` must have 1 to {} {}", member, limit.longest,
                                        limit.counted_in == unit::bytes ? "bytes" : "characters"));
    if (text.find('\0') != std::string_view::npos)
        throw invalid_input(fmt::format("`{}` must not contain a NUL", member));
    return std::string(text);
}

bool plausible_email(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > longest_mailbox) return false;
    const auto domain = text.substr(at + 1);
    if (domain.empty() || domain.find('@') != std::string_view::npos) return false;
    if (domain.front() == '.' || domain.back() == '.') return false;
    if (domain.find("..") != std::string_view::npos) return false;
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string email_of(const json::object& from) {
    std::string text = text_of(from, "email", {longest_email, unit::bytes});
    if (!plausible_email(text)) throw invalid_input("`email` is not an e-mail address");
    std::transform(text.begin(), text.end(), text.begin(), lower);
    return text;
}

}  // namespace

sign_up_body read_sign_up(std::string_view body) {
    const json::object from = read_object(body);
    sign_up_body read;
    read.email = email_of(from);
    if (from.contains("password")) read.password = text_of(from, "password", {longest_password, unit::bytes});
    read.name = text_of(from, "name", {longest_name, unit::characters});
    read.key = text_of(from, "idempotencyKey", {longest_key, unit::bytes});
    return read;
}

claim_body read_claim(std::string_view body) {
    const json::object from = read_object(body);
    claim_body read;
    read.code = text_of(from, "couponCode", {longest_code, unit::bytes});
    read.key = text_of(from, "idempotencyKey", {longest_key, unit::bytes});
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
    if (first == last)
        throw invalid_input(fmt::format("'{}' is not ID:CODE:STOCK, as spring-drop:SECRET:500", text));
    const std::string_view number = text.substr(last + 1);
    coupon_spec spec;
    spec.id = text.substr(0, first);
    spec.code = text.substr(first + 1, last - first - 1);
    const auto [end, wrong] = std::from_chars(number.data(), number.data() + number.size(), spec.stock);
    if (wrong != std::errc() || end != number.data() + number.size())
        throw invalid_input(fmt::format("'{}' in '{}' is not a number of pieces", number, text));
    check(spec);
    return spec;
}

}  // namespace dibs::coupon
