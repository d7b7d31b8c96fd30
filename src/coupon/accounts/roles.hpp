#pragma once

#include "core/asio.hpp"
#include "coupon/rules.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dibs::postgres {
class pool;
}

namespace dibs::coupon {

/// What a user may do: claim, or administer coupons as well.
enum class role { user, admin };

std::string_view to_string(role what);
std::optional<role> role_from(std::string_view word);

struct user {
    user_id id{};
    std::string email;
    std::string name;
    role may = role::user;
};

/// What the database says at this moment; empty: there is no such user. Throws dibs::error.
task<std::optional<role>> role_of(postgres::pool& pool, user_id user, deadline until);

struct role_change {
    user_id user{};
    role before = role::user;
};

/// Makes it the role of the user with this e-mail address. Empty, and nothing is changed: there is none, or
/// it is a guest's, who has no password and may not be an administrator. Throws dibs::error.
task<std::optional<role_change>> set_role(postgres::pool& pool, std::string email, role wanted,
                                          deadline until);

}  // namespace dibs::coupon
