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
    std::string key;               ///< the idempotency key; counts per user and coupon
    std::int64_t fingerprint = 0;  ///< of what else the request says
};

/// One issued piece.
struct claim_record {
    claim_id id{};
    std::string coupon;
    user_id user{};
    std::string issued_at;  ///< UTC, `2025-01-31T12:00:00.000000Z`
};

/// Whether a coupon may be claimed now.
enum class coupon_phase { open, early, over, paused };

struct coupon_state {
    std::string id;
    std::string code;
    std::int64_t stock = 0;
    std::int64_t issued = 0;
    std::int64_t per_user = 1;  ///< pieces that one user may have
    coupon_phase phase = coupon_phase::open;
    std::optional<std::string> opens_at = std::nullopt;   ///< UTC, as claim_record::issued_at
    std::optional<std::string> closes_at = std::nullopt;  ///< the same

    std::int64_t remaining() const { return stock - issued; }
};

/// What the database holds that bears on one request, read at one moment.
struct evidence {
    std::optional<coupon_state> coupon;
    std::int64_t pieces = 0;             ///< of this coupon that the user has
    std::optional<claim_record> of_key;  ///< the user's claim of this coupon that was made with this key
    bool same_request = true;            ///< whether that claim's request had the same fingerprint
    bool user_known = true;
};

enum class verdict {
    issued,
    repeated,         ///< issued before, to this user with this key: the first result again
    already_claimed,  ///< as many pieces as one user may have
    sold_out,
    wrong_code,
    no_such_coupon,
    not_yet_open,
    closed,
    paused,
    key_reused,   ///< the key stands for a request that said something else
    in_progress,  ///< the same request is under way in this process
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

/// The number of the piece that the user would get: its first is 1.
constexpr std::int64_t next_ordinal(const evidence& seen) { return seen.pieces + 1; }

}  // namespace dibs::coupon
