#include "coupon/accounts.hpp"

#include "postgres/pool.hpp"

#include <utility>

namespace dibs::coupon {
namespace {

const postgres::statement find_user{"coupon_find_user", R"sql(
    SELECT id, email, name, idempotency_key, password_hash FROM users WHERE email = $1)sql"};

const postgres::statement add_user{"coupon_add_user", R"sql(
    INSERT INTO users (email, name, idempotency_key, password_hash) VALUES ($1, $2, $3, $4)
    ON CONFLICT (email) DO NOTHING
    RETURNING id)sql"};

constexpr const char* yes = "yes";
constexpr const char* no = "no";

}  // namespace

task<std::optional<user>> accounts::sign_up(sign_up_body request) {
    std::optional<std::string> hash;
    if (request.password) {
        // Asked first, so that nobody makes us hash for an address that is taken.
        if (auto existing = co_await find(request.email))
            co_return co_await again(std::move(*existing), std::move(request));
        auto job = [password = *request.password] { return hash_password(password); };
        hash = co_await hashing_.run(std::move(job));
    }
    if (auto added = co_await add(request, std::move(hash))) co_return added;
    auto existing = co_await find(request.email);
    if (!existing) co_return std::nullopt;
    co_return co_await again(std::move(*existing), std::move(request));
}

task<std::optional<accounts::known>> accounts::find(std::string email) {
    auto values = postgres::params().add(email);
    const auto rows = co_await pool_.execute(find_user, std::move(values), after(statement_));
    if (rows.empty()) co_return std::nullopt;
    known found;
    found.account.id = user_id{rows.integer(0, 0)};
    found.account.email = rows.text(0, 1);
    found.account.name = rows.text(0, 2);
    found.key = rows.text(0, 3);
    found.password_hash = rows.optional_text(0, 4);
    co_return found;
}

task<std::optional<user>> accounts::again(known existing, sign_up_body request) {
    const bool alike =
        existing.key == request.key && existing.password_hash.has_value() == request.password.has_value();
    if (!alike) co_return std::nullopt;
    if (request.password) {
        // Keys can be guessed: only who knows the password gets a token of this account.
        auto job = [hash = std::move(*existing.password_hash), password = std::move(*request.password)] {
            return std::string(password_matches(hash, password) ? yes : no);
        };
        if (co_await hashing_.run(std::move(job)) != yes) co_return std::nullopt;
    }
    co_return std::move(existing.account);
}

task<std::optional<user>> accounts::add(sign_up_body request, std::optional<std::string> password_hash) {
    auto values = postgres::params().add(request.email).add(request.name).add(request.key);
    if (password_hash)
        values.add(*password_hash);
    else
        values.add_null();
    const auto rows = co_await pool_.execute(add_user, std::move(values), after(statement_));
    if (rows.empty()) co_return std::nullopt;
    co_return user{user_id{rows.integer(0, 0)}, std::move(request.email), std::move(request.name)};
}

}  // namespace dibs::coupon
