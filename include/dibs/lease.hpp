#pragma once

#include <dibs/lock.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace dibs {

namespace detail {
class background_thread;
struct lease_parts;
}  // namespace detail

/// A value of PostgreSQL as text; empty: NULL.
using sql_value = std::optional<std::string>;
using sql_rows = std::vector<std::vector<sql_value>>;

/// A holder's time-limited right to a lock. Move-only. Destroyed unreleased it is released in the background;
/// that never throws, and a release that fails ends with the lease.
///
/// What "held" means depends on the algorithm (docs/guarantees.md): between any look at valid() and the write
/// that follows it the process may be paused for longer than its lease. Only `fencing` with a resource that
/// checks token() and `database` with writes in its own session survive that.
///
/// Used by one thread at a time. Its coroutines may be awaited from any executor.
class lease {
   public:
    explicit lease(std::unique_ptr<detail::lease_parts> parts);
    /// The same lease, which keeps its client's thread.
    lease(lease held, std::shared_ptr<detail::background_thread> thread);
    lease(lease&& other) noexcept;
    lease& operator=(lease&& other) noexcept;
    ~lease();

    const lock_name& name() const;
    const owner_id& owner() const;
    /// Larger than that of every earlier grant of the name; empty for redlock, which cannot order its grants.
    std::optional<fencing_token> token() const;
    /// Requests that asked for the lock, the one that was granted included.
    int tries() const;

    /// Until then nobody else is granted the name, as far as the algorithm can promise: counted on the steady
    /// clock from before the request that was granted was sent, less 1 % and 2 ms for clocks that drift.
    std::chrono::steady_clock::time_point valid_until() const;
    /// False once the lease is over, was lost or was released.
    bool valid() const;

    /// Stops when the lease is lost, or about to end unrenewed: by a twentieth of the lease (1 to 250 ms)
    /// before it can be another's. A std::stop_callback on it is called on the client's executor.
    std::stop_token lost() const;
    /// Why lost() was signalled: the last failed renewal, "another holds it", …; empty before.
    std::string loss() const;

    /// Makes the lease end `duration` from now, earlier too: 10 ms to 24 hours, else it throws dibs::error
    /// (bad_input). False: it is over, and never revived; lost() has been signalled. A shorter time
    /// counts at once, whatever becomes of the request. Throws dibs::error where the backend does not answer
    /// within the lease, or within a shorter `duration`. A `database` lease whose renewal is cancelled is
    /// lost.
    boost::asio::awaitable<bool> renew(std::chrono::milliseconds duration);

    /// Runs one statement with `$1` … in the session of a `database` lock, and returns its rows. What it
    /// writes is committed by release(), or not at all: whoever lost the lock can write nothing. Throws
    /// dibs::error: refused with PostgreSQL's words, after which nothing of this lease can be committed:
    /// PostgreSQL has freed the lock, and lost() is signalled (within a savepoint too); timeout where it took
    /// longer than 30 s, and the session is given up with the lock, as where the caller is cancelled;
    /// unavailable where the session is over; closed after release(); exhausted where another statement ran
    /// all that time; bad_input for a lease of another algorithm. Renewals wait for it: one that takes longer
    /// than the lease lets the lease be told lost. What it SETs ends with the lease, as its session does. One
    /// that ends the transaction, as COMMIT, frees the lock: lost() is signalled, and release() throws.
    boost::asio::awaitable<sql_rows> execute(std::string sql, std::vector<sql_value> parameters = {});

    /// Gives the lock back; afterwards the lease answers name(), owner() and token(), and is not valid.
    /// Throws dibs::error where the backend does not answer within 5 s: the lock then ends with its lease;
    /// timeout where a statement of a `database` lock goes on for as long: it is rolled back after that; and
    /// closed where it was begun before. In a coroutine that was cancelled before, every co_await throws
    /// operation_aborted before it begins: the lease is held, and renewed, until it is released elsewhere or
    /// destroyed.
    boost::asio::awaitable<release_outcome> release();

   private:
    std::shared_ptr<detail::background_thread> thread_;  // of the client, where it has one
    std::unique_ptr<detail::lease_parts> parts_;
};

}  // namespace dibs
