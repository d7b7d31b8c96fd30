#pragma once

#include <cstdint>
#include <optional>
#include <string>

/// What becomes of a claim, decided from what the database holds. Pure.
namespace dibs::coupon {

enum class user_id : std::int64_t {};
enum class claim_id : std::int64_t {};

constexpr std::int64_t number(user_id id) { return static_cast<std::int64_t>(id); }
constexpr std::int64_t number(claim_id id) { return static_cast<std::int64_t>(id); }

/// One user's wish for one piece of a coupon.
struct claim_request {
    user_id user{};
    std::string coupon;  ///< the coupon's id
    std::string code;
    std::string key;  ///< the idempotency key; counts per user
};

/// One issued piece.
struct claim_record {
    claim_id id{};
    std::string coupon;
    user_id user{};
    std::string issued_at;  ///< UTC, `2025-01-31T12:00:00.000000Z`
};

struct coupon_state {
    std::string id;
    std::string code;
    std::int64_t stock = 0;
    std::int64_t issued = 0;

    std::int64_t remaining() const { return stock - issued; }
};

/// What the database holds that bears on one request, read at one moment.
struct evidence {
    std::optional<coupon_state> coupon;
    std::optional<claim_record> of_user;  ///< the user's claim of this coupon
    std::optional<claim_record> of_key;   ///< the user's claim, of any coupon, that was made with this key
};

enum class verdict {
    issued,
    repeated,  ///< issued before, to this user with this key: the first result again
    already_claimed,
    sold_out,
    wrong_code,
    no_such_coupon,
    key_reused,   ///< the key stands for a claim of another coupon
    lock_busy,    ///< others held the lock until the wait was over
    conflicting,  ///< somebody else wrote although the lock was held, twice in a row
    no_such_user  ///< the token is genuine but its user is not in this database
};

struct outcome {
    verdict result = verdict::lock_busy;
    std::optional<claim_record> claim = std::nullopt;  ///< where issued or repeated
    /// How often the guarded write found that somebody else had written since the read.
    int conflicts = 0;
};

/// What the request comes to without issuing anything; empty: nothing stands against issuing a piece.
std::optional<outcome> settled(const claim_request& request, const evidence& seen);

}  // namespace dibs::coupon
