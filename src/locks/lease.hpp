#pragma once

#include "core/asio.hpp"

#include <dibs/lock.hpp>
#include <dibs/observer.hpp>

#include <memory>
#include <optional>

namespace dibs::postgres {
class params;
class result;
struct statement;
class transaction;
}  // namespace dibs::postgres

namespace dibs::locks {

/// How a grant was come by.
struct grant_story {
    int tries = 1;  ///< requests that asked for the lock
    dibs::handoff handoff = dibs::handoff::none;
};

/// One grant, as the backend that gave it keeps it.
class hold {
   public:
    virtual ~hold() = default;
    virtual const lock_name& name() const = 0;
    virtual const owner_id& owner() const = 0;
    virtual std::optional<fencing_token> token() const = 0;
    /// How many in a row, from token(), this grant may give out.
    virtual std::int64_t tokens() const { return 1; }
    virtual grant_story story() const { return {}; }
    /// May be asked from any thread.
    virtual deadline valid_until() const = 0;
    /// How long the lease was asked for.
    virtual std::chrono::milliseconds duration() const = 0;
    /// Extends the lease to `lease` from now. False: it is over; it is never revived. Throws dibs::error
    /// where that is not known by `until`: it may be tried again. Where it makes the lease shorter
    /// valid_until() says so from this call on, before it is awaited: a request that is never answered may
    /// have been carried out.
    virtual task<bool> renew(std::chrono::milliseconds lease, deadline until) = 0;
    virtual task<release_outcome> release() = 0;
    /// Whether release() goes on to its end where its caller is cancelled.
    virtual bool release_is_shielded() const { return false; }
    /// Passes the lock to a waiter of this process, which is all of its release. False: the backend is asked.
    virtual bool hand_on() { return false; }
    /// Release by a holder that is gone: what it wrote in the lock's transaction is undone.
    virtual task<release_outcome> abandon() { return release(); }
    virtual postgres::transaction* transaction() { return nullptr; }
    /// A statement in that transaction, between its renewals. Throws dibs::error: what the statement failed
    /// with, or bad_input where the lock has no transaction.
    virtual task<postgres::result> execute(const postgres::statement& what, postgres::params values,
                                           deadline until);
};

/// A holder's time-limited right. Move-only; one that is destroyed unreleased is released in the
/// background, and a `database` lock's transaction rolled back.
class lease {
   public:
    lease(asio::any_io_executor executor, std::shared_ptr<hold> held);
    lease(lease&&) noexcept = default;
    lease& operator=(lease&& other) noexcept;
    ~lease();

    const lock_name& name() const { return hold_->name(); }
    const owner_id& owner() const { return hold_->owner(); }
    /// Empty where the algorithm cannot order its grants (redlock).
    std::optional<fencing_token> token() const { return hold_->token(); }
    /// Until then nobody else was granted the name, as far as the algorithm can promise: counted on the
    /// steady clock from before the request was sent, less a margin for clock drift.
    deadline valid_until() const { return hold_->valid_until(); }
    bool valid() const { return steady::now() < valid_until(); }

    /// The transaction that holds a `database` lock: what is written in it commits with the release, or not
    /// at all. Null for every other algorithm.
    postgres::transaction* transaction() { return hold_->transaction(); }

    /// Gives the lock back; once, and whatever comes of it nothing more may be asked of this lease. For
    /// `database` this is the COMMIT, and its failure is thrown. Throws dibs::error where the backend did not
    /// answer: the lock then ends with its lease.
    task<release_outcome> release();
    /// Passes the lock to a waiter of this process, which is all of its release. False: nothing happened.
    bool hand_on();
    /// release() by a holder that is gone: a `database` lock's transaction is rolled back.
    task<release_outcome> abandon();

    /// What a keeper keeps.
    const std::shared_ptr<hold>& held() const { return hold_; }
    /// Leaves the release to whoever takes it.
    std::shared_ptr<hold> take() && { return std::move(hold_); }

   private:
    void release_in_background() noexcept;

    asio::any_io_executor executor_;
    std::shared_ptr<hold> hold_;
};

}  // namespace dibs::locks
