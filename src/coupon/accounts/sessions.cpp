#include "coupon/accounts/sessions.hpp"

#include "postgres/pool.hpp"

#include <dibs/error.hpp>

#include <spdlog/spdlog.h>

#include <utility>

namespace dibs::coupon {
namespace {

constexpr int opened_between_removals = 256;
constexpr std::int64_t removed_at_once = 1000;
constexpr int rotations_tried = 3;

// The user's sessions that were not used for longest make room. Of several at once some may be left over
// until the next.
const postgres::statement add_session{"coupon_add_session", R"sql(
    WITH ended AS (
        DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE user_id = $1 ORDER BY expires_at DESC, id OFFSET $5 - 1))
    INSERT INTO sessions (user_id, id, token_hash, expires_at)
    VALUES ($1, $2, $3, now() + $4 * interval '1 second'))sql"};

const postgres::statement find_session{"coupon_find_session", R"sql(
    SELECT token_hash, spent_hash, spent_at > now() - $2 * interval '1 second', successor_salt,
           users.id, email, name, role
    FROM sessions JOIN users ON users.id = user_id
    WHERE sessions.id = $1 AND expires_at > now())sql"};

const postgres::statement rotate_session{"coupon_rotate_session", R"sql(
    UPDATE sessions SET spent_hash = token_hash, spent_at = now(), token_hash = $3, successor_salt = $4,
                        expires_at = now() + $5 * interval '1 second'
    WHERE id = $1 AND token_hash = $2)sql"};

const postgres::statement end_session{"coupon_end_session", "DELETE FROM sessions WHERE id = $1"};

const postgres::statement close_session{"coupon_close_session", R"sql(
    DELETE FROM sessions WHERE id = $1 AND $2 IN (token_hash, spent_hash))sql"};

const postgres::statement drop_expired{"coupon_drop_expired", R"sql(
    DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED))sql"};

std::int64_t in_seconds(std::chrono::seconds time) { return time.count(); }

}  // namespace

struct sessions::found {
    session_state state;
    user of;
};

refresh_verdict judge(const session_state& seen, const std::string& hash) {
    if (hash == seen.token_hash) return refresh_verdict::rotate;
    if (hash == seen.spent_hash && seen.spent_just_now) return refresh_verdict::repeat;
    return refresh_verdict::reuse;
}

void sessions::describe(const refresh_token& token, postgres::params& values) {
    values.add(token.session()).add(token.hash()).add(in_seconds(life));
}

task<refresh_token> sessions::open(user_id of) {
    auto token = refresh_token::of_new_session();
    auto values = postgres::params().add(number(of));
    describe(token, values);
    values.add(most_of_a_user);
    co_await pool_.execute(add_session, std::move(values), statement_deadline());
    opened();
    co_return token;
}

task<std::optional<sessions::found>> sessions::find(refresh_token token) {
    auto values = postgres::params().add(token.session()).add(in_seconds(grace));
    const auto rows = co_await pool_.execute(find_session, std::move(values), statement_deadline());
    if (rows.empty()) co_return std::nullopt;
    found read;
    read.state.token_hash = rows.text(0, 0);
    read.state.spent_hash = rows.text(0, 1);
    read.state.spent_just_now = rows.truth(0, 2);
    read.state.successor_salt = rows.text(0, 3);
    read.of.id = user_id{rows.integer(0, 4)};
    read.of.email = rows.text(0, 5);
    read.of.name = rows.text(0, 6);
    read.of.may = role_from(rows.text(0, 7)).value_or(role::user);
    co_return read;
}

task<bool> sessions::rotate(refresh_token token, std::string salt) {
    auto values = postgres::params().add(token.session()).add(token.hash());
    values.add(token.successor(salt).hash()).add(salt).add(in_seconds(life));
    const auto done = co_await pool_.execute(rotate_session, std::move(values), statement_deadline());
    co_return done.affected() == 1;
}

task<std::optional<sessions::renewed>> sessions::renew(refresh_token token) {
    for (int tries = 0; tries < rotations_tried; ++tries) {
        auto seen = co_await find(token);
        if (!seen) co_return std::nullopt;
        const auto verdict = judge(seen->state, token.hash());
        if (verdict == refresh_verdict::repeat)
            co_return renewed{std::move(seen->of), token.successor(seen->state.successor_salt)};
        if (verdict == refresh_verdict::reuse) {
            spdlog::warn("a spent refresh token of user {} came again: its session is over",
                         number(seen->of.id));
            auto values = postgres::params().add(token.session());
            co_await pool_.execute(end_session, std::move(values), statement_deadline());
            co_return std::nullopt;
        }
        const std::string salt = fresh_salt();
        const bool rotated = co_await rotate(token, salt);
        if (rotated) co_return renewed{std::move(seen->of), token.successor(salt)};
        // The same token was spent by another request in between: what came of that is read now.
    }
    co_return std::nullopt;
}

task<void> sessions::close(refresh_token token) {
    auto values = postgres::params().add(token.session()).add(token.hash());
    co_await pool_.execute(close_session, std::move(values), statement_deadline());
}

void sessions::opened() {
    if (++opened_ < opened_between_removals) return;
    opened_ = 0;
    removals_.spawn(remove_expired());
}

task<void> sessions::remove_expired() {
    try {
        auto values = postgres::params().add(removed_at_once);
        co_await pool_.execute(drop_expired, std::move(values), statement_deadline());
    } catch (const error& away) {
        spdlog::debug("expired sessions were not removed: {}", away.what());  // they will be
    }
}

}  // namespace dibs::coupon
