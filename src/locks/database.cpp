#include "locks/database.hpp"

#include "locks/lease_end.hpp"
#include "locks/timing.hpp"
#include "locks/validity.hpp"
#include "postgres/transaction.hpp"

#include <dibs/error.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace dibs::locks {
namespace {

// Beside the holder one waiter of this process stands at the row, so that the row is never idle between two
// of them; the others wait here and keep no session of the pool.
constexpr std::size_t sessions_per_name = 2;

constexpr std::string_view lock_not_available = "55P03";

// Processes that make it at once would collide in PostgreSQL's catalogue.
constexpr const char* make_table = R"sql(
    BEGIN;
    SELECT pg_advisory_xact_lock(hashtext('dibs_locks'));
    CREATE TABLE IF NOT EXISTS dibs_locks (name text PRIMARY KEY, token bigint NOT NULL, owner text NOT NULL)
        WITH (fillfactor = 20);
    COMMIT)sql";

constexpr std::string_view query_canceled = "57014";

// lock_timeout counts anew for each lock on the way to the row; the statement's is for all of them.
constexpr postgres::statement set_bounds{"dibs_lock_bounds", R"sql(
    SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true),
           set_config('idle_in_transaction_session_timeout', $3, true))sql"};

constexpr postgres::statement set_patience{
    "dibs_lock_patience", "SELECT set_config('idle_in_transaction_session_timeout', $1, true)"};

// A plain increment would roll back with the session and be handed out again: the clock carries it on. It is
// read when the row is ours (an UPDATE would read it before it waits). Others see neither token nor owner
// before the COMMIT, so the session is named after them for as long as it holds the row. A row that is made
// here has token 0 and is not taken yet: others would not see it before its first holder's COMMIT. The bounds
// of the wait are not those of what the holder does then.
constexpr postgres::statement take_row{"dibs_lock_take", R"sql(
    INSERT INTO dibs_locks AS held (name, token, owner) VALUES ($1, 0, '')
    ON CONFLICT (name) DO UPDATE
    SET token = greatest(held.token + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint), owner = $2
    RETURNING token, set_config('application_name', $2 || ' ' || token, true),
              set_config('lock_timeout', NULL, true), set_config('statement_timeout', NULL, true))sql"};

constexpr postgres::statement has_written{"dibs_lock_has_written",
                                          "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"};

std::string milliseconds_text(steady::duration time) {
    // 0 would mean: without a bound.
    const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    return std::to_string(std::clamp<std::int64_t>(count, 1, std::numeric_limits<std::int32_t>::max()));
}

class database_hold final : public hold {
   public:
    database_hold(postgres::transaction transaction, gate_place place, gate turns, lock_request request,
                  owner_id owner, fencing_token token, deadline sent)
        : transaction_(std::move(transaction)),
          place_(std::move(place)),
          turns_(std::move(turns)),
          request_(std::move(request)),
          owner_(std::move(owner)),
          token_(token),
          patience_(request_.lease),
          end_(locks::valid_until(sent, request_.lease)) {}

    const lock_name& name() const override { return request_.name; }
    const owner_id& owner() const override { return owner_; }
    std::optional<fencing_token> token() const override { return token_; }
    deadline valid_until() const override { return end_.get(); }
    std::chrono::milliseconds duration() const override { return request_.lease; }
    postgres::transaction* transaction() override { return &transaction_; }

    /// The row stays ours while the session lives, so any failure means that it is lost; and a session that
    /// is given up on is closed, so that there is no second try: `until` bounds the wait for its turn only.
    task<bool> renew(std::chrono::milliseconds lease, deadline until) override {
        patience_ = std::min(patience_, lease);
        const auto what = end_.ask(lease, steady::now());
        return renew_in_turn(what, std::min(until, end_.get()));
    }

    /// Of a hold that nobody else knows yet: the lease begins now.
    task<bool> begin(deadline until) { return extend(end_.ask(request_.lease, steady::now()), until); }

    task<postgres::result> execute(const postgres::statement& what, postgres::params values,
                                   deadline until) override {
        const auto turn = co_await turns_.enter(until);
        if (!turn) throw error(fault::exhausted, "dibs", name().text(), "its session is in use");
        if (ended_)
            throw error(fault::unavailable, "postgresql", name().text(), "the lock's session is over");
        const session_watch watch(*this);
        transaction_.retire_session();
        const auto sent = steady::now();
        auto answer = co_await transaction_.execute(what, std::move(values), until);
        // The server's patience begins anew with its answer.
        end_.stretch(locks::valid_until(sent, patience_));
        const std::string_view tag = answer.command_tag();
        if (tag == "COMMIT" || tag == "ROLLBACK") co_await see_whether_it_goes_on(until);
        co_return answer;
    }

    task<release_outcome> release() override {
        const auto turn = co_await take_last_turn();
        if (ended_before_ && transaction_.usable())
            throw error(fault::refused, "postgresql", name().text(),
                        "its transaction was ended by a statement of its holder, and the lock with it");
        co_await transaction_.commit(after(clean_up_time));
        co_return release_outcome::released;
    }
    task<release_outcome> abandon() override {
        const auto turn = co_await take_last_turn();
        co_await transaction_.rollback(after(clean_up_time));
        co_return release_outcome::released;
    }

   private:
    /// The lock goes with its transaction, in whatever way a statement ends: answered, failed or cancelled.
    class session_watch {
       public:
        explicit session_watch(database_hold& of) : of_(of) {}
        session_watch(const session_watch&) = delete;
        session_watch& operator=(const session_watch&) = delete;
        ~session_watch() {
            if (!of_.transaction_.sound()) of_.end();
        }

       private:
        database_hold& of_;
    };

    task<bool> renew_in_turn(lease_end::renewal what, deadline until) {
        const auto turn = co_await turns_.enter(until);
        if (ended_) co_return false;
        if (!turn) throw error(fault::timeout, "dibs", name().text(), "its session is busy with a statement");
        co_return co_await extend(what, end_.get());
    }

    task<bool> extend(lease_end::renewal what, deadline until) {
        const session_watch watch(*this);
        what.sent = steady::now();
        auto patience = postgres::params().add(milliseconds_text(what.lease));
        try {
            co_await transaction_.execute(set_patience, std::move(patience), until);
        } catch (const error&) {
            end();
            co_return false;
        }
        if (end_.granted(what)) patience_ = what.lease;
        co_return true;
    }

    /// A ROLLBACK may have been to a savepoint; AND CHAIN has begun another transaction, without our row.
    task<void> see_whether_it_goes_on(deadline until) {
        if (!transaction_.sound()) co_return;
        const auto writes = co_await transaction_.execute(has_written, postgres::params(), until);
        if (!writes.truth(0, 0)) end();
    }

    void end() {
        ended_ = true;
        end_.cut(steady::now());
    }

    /// A session serves one at a time: a statement under way ends first. One that outlasts this is left
    /// alone; when it has ended, the transaction is rolled back with this hold.
    task<gate::pass> take_last_turn() {
        auto turn = co_await turns_.enter(after(clean_up_time));
        ended_before_ = std::exchange(ended_, true);
        if (!turn)
            throw error(fault::timeout, "dibs", name().text(),
                        "its session is busy with a statement, and rolled back after it");
        co_return *std::move(turn);
    }

    postgres::transaction transaction_;
    gate_place place_;
    gate turns_;
    lock_request request_;
    owner_id owner_;
    fencing_token token_;
    std::chrono::milliseconds patience_;  // of the server with an idle session
    lease_end end_;
    bool ended_ = false;
    bool ended_before_ = false;  // its release
};

task<void> create_table(postgres::pool& pool, deadline until) {
    const auto session = co_await pool.acquire(until);
    co_await session->run(make_table, until);
}

/// What became of an attempt on the row.
struct row_attempt {
    enum class result { taken, busy, made_row, no_table } what;
    fencing_token token{0};
};

task<row_attempt> take(postgres::transaction& in, const lock_request& request, const owner_id& owner,
                       deadline until) {
    std::vector<postgres::query> together;
    const auto wait = std::max(until - steady::now(), steady::duration::zero());
    together.emplace_back(set_bounds, postgres::params()
                                          .add(milliseconds_text(wait))
                                          .add(milliseconds_text(wait + least_answer_time / 2))
                                          .add(milliseconds_text(request.lease)));
    together.emplace_back(take_row, postgres::params().add(request.name.text()).add(owner.text()));
    try {
        // The server is to say that the row was busy, and not we that the server was.
        const auto results = co_await in.execute(std::move(together), after(wait + least_answer_time));
        const fencing_token token(results.back().integer(0, 0));
        if (token.value() > 0) co_return row_attempt{row_attempt::result::taken, token};
        co_await in.commit(answer_deadline(until));
        co_return row_attempt{row_attempt::result::made_row};
    } catch (const postgres::failure& refused) {
        const bool waited = refused.sqlstate() == query_canceled && steady::now() >= until;
        if (waited || refused.sqlstate() == lock_not_available)
            co_return row_attempt{row_attempt::result::busy};
        if (refused.sqlstate() == postgres::undefined_table)
            co_return row_attempt{row_attempt::result::no_table};
        throw;
    }
}

}  // namespace

database_locker::database_locker(asio::any_io_executor executor, postgres::pool& pool)
    : executor_(std::move(executor)),
      pool_(pool),
      gates_(executor_, idle_name_time, gate_of_width(executor_, sessions_per_name)) {}

task<std::optional<lease>> database_locker::acquire(lock_request request) {
    const auto until = after(request.wait);
    auto place = co_await enter(gates_, request.name, until);
    pool_.require_open();
    if (!place) co_return std::nullopt;
    const auto owner = owners_.next();
    for (;;) {
        auto transaction = co_await postgres::transaction::begin(pool_, answer_deadline(until));
        const auto sent = steady::now();
        const auto answer = co_await take(transaction, request, owner, until);
        pool_.require_open();  // it was not when the wait began
        if (answer.what == row_attempt::result::busy) co_return std::nullopt;
        if (answer.what == row_attempt::result::taken) {
            // The lease is the server's patience with an idle session, which begins with its answer; the row
            // stays ours until the server ends the session, and then our writes fail with it.
            gate turns(executor_, request.name.text(), {.inside = 1});
            auto held = std::make_shared<database_hold>(std::move(transaction), std::move(*place),
                                                        std::move(turns), request, owner, answer.token, sent);
            // After a wait at the row it is not known since when it is ours.
            if (steady::now() - sent > request.lease / 8) {
                const bool kept = co_await held->begin(answer_deadline(until));
                if (!kept)
                    throw error(fault::unavailable, "postgresql", request.name.text(),
                                "the session was lost as it was granted the lock");
            }
            co_return lease(executor_, std::move(held));
        }
        if (answer.what == row_attempt::result::made_row) continue;
        co_await transaction.rollback(answer_deadline(until));
        co_await create_table(pool_, answer_deadline(until));
    }
}

}  // namespace dibs::locks
