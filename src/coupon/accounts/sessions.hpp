#pragma once

#include "core/asio.hpp"
#include "core/task_group.hpp"
#include "coupon/accounts/refresh_token.hpp"
#include "coupon/accounts/roles.hpp"
#include "postgres/statement.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace dibs::coupon {

/// What the database knows of a session.
struct session_state {
    std::string token_hash;  ///< of the token that is good
    std::string spent_hash;  ///< of the one before it, or empty
    bool spent_just_now = false;
    std::string successor_salt;
};

/// What becomes of a refresh token.
enum class refresh_verdict {
    rotate,  ///< it is good: it is spent now
    repeat,  ///< it was spent a moment ago and its answer may have been lost: its successor once more
    reuse    ///< it was spent before: two have it, so the session is over (RFC 9700, section 4.14.2)
};
refresh_verdict judge(const session_state& seen, const std::string& hash);

/// Who has signed in where: what refresh tokens are checked against.
class sessions {
   public:
    /// A session ends when its token was not used for so long.
    static constexpr std::chrono::hours life{24 * 30};
    /// So long after it was spent a token gets its successor again.
    static constexpr std::chrono::seconds grace{10};
    /// One more of a user ends the one whose token was not used for longest.
    static constexpr std::int64_t most_of_a_user = 20;

    /// The pool must outlive it. `statement` bounds each answer of the database.
    sessions(const asio::any_io_executor& executor, postgres::pool& pool, std::chrono::milliseconds statement)
        : pool_(pool), statement_(statement), removals_(executor) {}

    task<refresh_token> open(user_id of);

    /// For a statement that makes the session with its user: adds the session's id, its token's hash and its
    /// life in seconds to the values. To be called when the statement has run: opened().
    static void describe(const refresh_token& token, postgres::params& values);
    /// Counts a session, and removes expired ones now and then, in the background.
    void opened();

    struct renewed {
        user of;
        refresh_token next;
    };
    /// Empty when the token is of no session, or was spent before: then its session is over.
    task<std::optional<renewed>> renew(refresh_token token);

    /// Ends the token's session, if there is one.
    task<void> close(refresh_token token);

    /// Waits for what goes on in the background.
    task<void> settle() { return removals_.join(); }

   private:
    struct found;
    task<std::optional<found>> find(refresh_token token);
    task<bool> rotate(refresh_token token, std::string salt);
    task<void> remove_expired();
    deadline statement_deadline() const { return after(statement_); }

    postgres::pool& pool_;
    std::chrono::milliseconds statement_;
    task_group removals_;
    int opened_ = 0;  // since the last removal
};

}  // namespace dibs::coupon
