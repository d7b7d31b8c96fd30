#pragma once

#include "core/asio.hpp"
#include "coupon/claims/lane_answer.hpp"
#include "coupon/rules.hpp"
#include "coupon/strategy.hpp"

#include <dibs/lock.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dibs::postgres {
class params;
class pool;
class result;
class transaction;
struct statement;
}  // namespace dibs::postgres

/// The statements that read and write claims. Every function throws dibs::error when the database does not
/// answer; a write is then in doubt.
namespace dibs::coupon {

/// Where a statement runs: on any connection of a pool, as a transaction of its own, or within a transaction.
class session {
   public:
    session(postgres::pool& pool) : pool_(&pool) {}
    session(postgres::transaction& transaction) : transaction_(&transaction) {}

    task<postgres::result> execute(const postgres::statement& what, postgres::params values, deadline until);

   private:
    postgres::pool* pool_ = nullptr;
    postgres::transaction* transaction_ = nullptr;
};

/// What came of the attempt to issue a piece.
struct written {
    enum class result {
        done,
        overtaken,     ///< the coupon is not as it was read, or its fence has a larger token
        already_there  ///< the key has a claim, or the user one of this number, committed since
    };
    result what = result::overtaken;
    std::optional<claim_record> claim = std::nullopt;  ///< where done
};

/// The right to write that the coupon's fence checks: strictly larger than any it saw, or the same grant's
/// again.
struct fence {
    fencing_token token;
    owner_id owner;
};

/// All that bears on the request, in one round trip and without a row lock.
task<evidence> read_evidence(session on, claim_request request, deadline until);

/// Issues a piece if the coupon, which `seen` must hold, still stands where it was found.
task<written> issue_next(session on, claim_request request, const evidence& seen, deadline until);
/// The same under a fence.
task<written> issue_next(session on, claim_request request, const evidence& seen, const fence& holder,
                         deadline until);
/// Whether the coupon's fence would let that writer not pass.
task<bool> fence_refuses(session on, std::string coupon, fence holder, deadline until);
/// Issues a piece if nothing stands against it, wherever the coupon stands; else `overtaken`.
task<written> issue_any(session on, claim_request request, deadline until);

/// The same for each of them, each a transaction of its own, all in one round trip. Throws dibs::error for
/// all of them.
task<std::vector<lane_answer<written>>> issue_any_each(postgres::pool& pool,
                                                       std::vector<claim_request> requests, deadline until);

/// Remembers for the operator that a guarded write was overtaken.
task<void> count_conflict(session on, std::string coupon, strategy under, deadline until);

task<std::vector<coupon_state>> list_coupons(session on, deadline until);
task<std::optional<coupon_state>> find_coupon(session on, std::string id, deadline until);
task<std::vector<claim_record>> claims_of(session on, user_id user, deadline until);

}  // namespace dibs::coupon
