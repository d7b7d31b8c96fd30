#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The bodies of sign-up, login, refresh and logout, and their limits. Pure. All of these throw
/// invalid_input.
namespace dibs::coupon {

struct sign_up_body {
    std::string email;                    ///< in lower case: addresses that differ in case alone are one
    std::optional<std::string> password;  ///< empty: a guest
    std::string name;
    std::string key;  ///< the idempotency key; counts per e-mail address
};

sign_up_body read_sign_up(std::string_view json);

struct log_in_body {
    std::string email;  ///< in lower case
    std::string password;
};

log_in_body read_log_in(std::string_view json);

/// The refreshToken, whatever it says.
std::string read_refresh_token(std::string_view json);

/// As read of a body. For an operator's command.
std::string read_email(std::string_view text);

}  // namespace dibs::coupon
