#include "coupon/accounts/account_input.hpp"

#include "coupon/input.hpp"
#include "coupon/json_members.hpp"

#include <algorithm>

namespace dibs::coupon {
namespace {

constexpr std::size_t longest_email = 254;  // RFC 5321, section 4.5.3.1.3, less the brackets
constexpr std::size_t longest_mailbox = 64;
constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_password = 1024;
constexpr std::size_t longest_key_of_sign_up = 255;
constexpr std::size_t longest_refresh_token = 255;

bool plausible_email(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > longest_mailbox || text.size() > longest_email)
        return false;
    const auto domain = text.substr(at + 1);
    if (domain.empty() || domain.find('@') != std::string_view::npos) return false;
    if (domain.front() == '.' || domain.back() == '.') return false;
    if (domain.find("..") != std::string_view::npos) return false;
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string email_of(const boost::json::object& from) {
    return read_email(text_of(from, "email", {longest_email}));
}

}  // namespace

std::string read_email(std::string_view text) {
    if (!plausible_email(text)) throw invalid_input("`email` is not an e-mail address");
    std::string read(text);
    std::transform(read.begin(), read.end(), read.begin(), lower);
    return read;
}

sign_up_body read_sign_up(std::string_view body) {
    const boost::json::object from = read_object(body);
    sign_up_body read;
    read.email = email_of(from);
    if (from.contains("password")) read.password = text_of(from, "password", {longest_password});
    read.name = text_of(from, "name", {longest_name, text_unit::characters});
    read.key = text_of(from, "idempotencyKey", {longest_key_of_sign_up});
    return read;
}

log_in_body read_log_in(std::string_view body) {
    const boost::json::object from = read_object(body);
    log_in_body read;
    read.email = email_of(from);
    read.password = text_of(from, "password", {longest_password});
    return read;
}

std::string read_refresh_token(std::string_view body) {
    return text_of(read_object(body), "refreshToken", {longest_refresh_token});
}

}  // namespace dibs::coupon
