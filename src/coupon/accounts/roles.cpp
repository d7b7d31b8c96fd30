#include "coupon/accounts/roles.hpp"

#include "postgres/pool.hpp"

#include <utility>

namespace dibs::coupon {
namespace {

const postgres::statement read_role{"coupon_role", "SELECT role FROM users WHERE id = $1"};

const postgres::statement write_role{"coupon_set_role", R"sql(
    UPDATE users SET role = $2
    FROM (SELECT id, role FROM users WHERE email = $1 FOR UPDATE) AS before
    WHERE users.id = before.id AND (password_hash IS NOT NULL OR $2 = 'user')
    RETURNING users.id, before.role)sql"};

}  // namespace

std::string_view to_string(role what) { return what == role::admin ? "admin" : "user"; }

std::optional<role> role_from(std::string_view word) {
    for (const role one : {role::user, role::admin})
        if (word == to_string(one)) return one;
    return std::nullopt;
}

task<std::optional<role>> role_of(postgres::pool& pool, user_id user, deadline until) {
    auto values = postgres::params().add(number(user));
    const auto rows = co_await pool.execute(read_role, std::move(values), until);
    if (rows.empty()) co_return std::nullopt;
    co_return role_from(rows.text(0, 0));
}

task<std::optional<role_change>> set_role(postgres::pool& pool, std::string email, role wanted,
                                          deadline until) {
    auto values = postgres::params().add(email).add(to_string(wanted));
    const auto rows = co_await pool.execute(write_role, std::move(values), until);
    if (rows.empty()) co_return std::nullopt;
    co_return role_change{user_id{rows.integer(0, 0)}, role_from(rows.text(0, 1)).value()};
}

}  // namespace dibs::coupon
