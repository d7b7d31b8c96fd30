#include "coupon/accounts/accounts.hpp"

#include "postgres/pool.hpp"

#include <dibs/error.hpp>

#include <utility>

namespace dibs::coupon {
namespace {

const postgres::statement find_user{"coupon_find_user", R"sql(
    SELECT id, email, name, role, idempotency_key, password_hash FROM users WHERE email = $1)sql"};

// With its first session, so that a sign-up is one round trip.
const postgres::statement add_user{"coupon_add_user", R"sql(
    WITH added AS (
        INSERT INTO users (email, name, idempotency_key, password_hash) VALUES ($1, $2, $3, $4)
        ON CONFLICT (email) DO NOTHING
        RETURNING id),
    signed_in AS (
        INSERT INTO sessions (user_id, id, token_hash, expires_at)
        SELECT id, $5, $6, now() + $7 * interval '1 second' FROM added)
    SELECT id FROM added)sql"};

constexpr const char* yes = "yes";
constexpr const char* no = "no";

}  // namespace

accounts::accounts(postgres::pool& pool, hashing_pool& hashing, std::chrono::milliseconds statement)
    : pool_(pool), hashing_(hashing), statement_(statement), sessions_(pool.executor(), pool, statement) {}

task<sign_in> accounts::sign_up(sign_up_body request, http::rate_key from) {
    std::optional<std::string> hash;
    if (request.password) {
        // Asked first, so that nobody makes us hash for an address that is taken.
        auto existing = co_await find(request.email);
        if (existing) co_return co_await again(std::move(*existing), std::move(request), from);
        auto job = [password = *request.password] { return hash_password(password); };
        hash = co_await hashing_.run(std::move(job));
    }
    auto added = co_await add(request, std::move(hash));
    if (added) co_return std::move(*added);
    auto existing = co_await find(request.email);
    if (!existing) co_return sign_in{sign_in::result::email_taken};
    co_return co_await again(std::move(*existing), std::move(request), from);
}

task<sign_in> accounts::log_in(log_in_body request, http::rate_key from) {
    auto existing = co_await find(request.email);
    co_return co_await check_password(std::move(existing), std::move(request), from);
}

task<std::optional<accounts::known>> accounts::find(std::string email) {
    auto values = postgres::params().add(email);
    const auto rows = co_await pool_.execute(find_user, std::move(values), after(statement_));
    if (rows.empty()) co_return std::nullopt;
    known found;
    found.account.id = user_id{rows.integer(0, 0)};
    found.account.email = rows.text(0, 1);
    found.account.name = rows.text(0, 2);
    found.account.may = role_from(rows.text(0, 3)).value_or(role::user);
    found.key = rows.text(0, 4);
    found.password_hash = rows.optional_text(0, 5);
    co_return found;
}

task<sign_in> accounts::again(known existing, sign_up_body request, http::rate_key from) {
    if (existing.password_hash.has_value() != request.password.has_value())
        co_return sign_in{sign_in::result::email_taken};
    if (request.password) {
        if (existing.key != request.key) co_return sign_in{sign_in::result::email_taken};
        // Keys can be guessed: only who knows the password gets a token of this account.
        log_in_body given{std::move(request.email), std::move(*request.password)};
        auto checked = co_await check_password(std::move(existing), std::move(given), from);
        if (checked.what == sign_in::result::wrong_credentials) checked.what = sign_in::result::email_taken;
        co_return checked;
    }
    const auto wait = tries_.count(existing.account.email, from, steady::now());
    if (wait > wait.zero()) co_return sign_in{sign_in::result::too_many_tries, {}, {}, wait};
    if (existing.key != request.key) co_return sign_in{sign_in::result::email_taken};
    tries_.forgive(existing.account.email, from);
    const auto token = co_await sessions_.open(existing.account.id);
    co_return sign_in{sign_in::result::done, std::move(existing.account), token.text()};
}

task<sign_in> accounts::check_password(std::optional<known> of, log_in_body given, http::rate_key from) {
    hashing_.require_room();  // before the try is counted
    const auto wait = tries_.count(given.email, from, steady::now());
    if (wait > wait.zero()) co_return sign_in{sign_in::result::too_many_tries, {}, {}, wait};
    const bool has_password = of && of->password_hash;
    auto job = [hash = has_password ? *of->password_hash : std::string(hash_of_nothing),
                password = std::move(given.password)] {
        return std::string(password_matches(hash, password) ? yes : no);
    };
    const auto matches = co_await hashing_.run(std::move(job));
    if (!has_password || matches != yes) co_return sign_in{sign_in::result::wrong_credentials};
    tries_.forgive(given.email, from);
    const auto token = co_await sessions_.open(of->account.id);
    co_return sign_in{sign_in::result::done, std::move(of->account), token.text()};
}

task<std::optional<sign_in>> accounts::add(sign_up_body request, std::optional<std::string> password_hash) {
    auto values = postgres::params().add(request.email).add(request.name).add(request.key);
    if (password_hash)
        values.add(*password_hash);
    else
        values.add_null();
    const auto token = refresh_token::of_new_session();
    sessions::describe(token, values);
    const auto rows = co_await pool_.execute(add_user, std::move(values), after(statement_));
    if (rows.empty()) co_return std::nullopt;
    sessions_.opened();
    user made{user_id{rows.integer(0, 0)}, std::move(request.email), std::move(request.name)};
    co_return sign_in{sign_in::result::done, std::move(made), token.text()};
}

}  // namespace dibs::coupon
