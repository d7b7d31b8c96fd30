#pragma once

#include <dibs/error.hpp>
#include <dibs/lease.hpp>
#include <dibs/lock.hpp>
#include <dibs/observer.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace dibs {

namespace detail {
class background_thread;
class client_core;
}  // namespace detail

/// Where the locks live. Only what the algorithms in use need has to be there.
struct config {
    /// For spinlock, pubsub, queue and fencing: redis://[[user]:password@]host[:port][/database] or
    /// redis+unix:///path/to.sock; there is no TLS (rediss:// is refused)
    std::string redis = {};
    /// For redlock: independent servers, an odd number, three at least.
    std::vector<std::string> masters = {};
    /// For database: postgresql://… or key=value pairs, as libpq takes them.
    std::string postgres = {};
    /// Told of what happens to the locks; may be null.
    std::shared_ptr<dibs::observer> observer = {};
    /// PostgreSQL sessions at most. A name takes two at most: each lease of a database lock keeps one, and so
    /// does a waiter at its row.
    std::size_t postgres_sessions = 10;

    /// One server, by its URL: redis…, unix… or postgres….
    /// Throws dibs::error (bad_input) for any other.
    static config from_url(std::string url);
};

/// A process's way to its locks: a connection to each server, shared by all of its coroutines. Copies share
/// it; it ends with the last copy and the last lease.
class client {
   public:
    /// Connects, and asks each server whether it is there: throws dibs::error (unavailable, refused), and
    /// bad_input for a URL that cannot be read or two redlock masters that are one server. Of redlock's
    /// masters a minority may be away.
    ///
    /// The executor must not run two handlers at once: an io_context run by one thread, or a strand. Its
    /// io_context outlives all copies of the client and all leases.
    static boost::asio::awaitable<client> connect(boost::asio::any_io_executor executor, config servers);

    /// The same for code without coroutines, on a thread of its own. Whichever of the client's copies and
    /// leases goes last waits for that thread, and so for what is still being released: 5 s at most, or until
    /// the system's resolver has answered where a name is being looked up. A child made by fork() has no such
    /// thread: connect there.
    static client connect(const config& servers);

    /// Waits for the lock. Empty: others held it until request.wait had passed.
    /// Throws dibs::error: what the backend failed with, exhausted (too many wait in this process), closed,
    /// or bad_input for times out of their bounds, local_handoff::on with redlock or database, and where the
    /// servers that request.algorithm needs were not configured. A caller that is cancelled or whose answer
    /// was lost leaves nothing behind.
    ///
    /// May be awaited from any executor, which then outlives the call; from the client's own it costs no
    /// change of threads.
    boost::asio::awaitable<std::optional<lease>> acquire(lock_request request);

    /// The same, ended by `stop` as by a cancellation: throws boost::system::system_error
    /// (operation_aborted).
    boost::asio::awaitable<std::optional<lease>> acquire(lock_request request, std::stop_token stop);

    /// Ends all connections: whoever waits, and whoever comes later, gets dibs::error (closed); who waits for
    /// a database lock learns it when that wait is over. Leases that are held end with their time.
    /// What waiters who have left and leases that were dropped leave on Redis is cleaned up first: 1 s at
    /// most.
    boost::asio::awaitable<void> close();

    const boost::asio::any_io_executor& executor() const;

    client(const client&) = default;
    client(client&&) noexcept = default;
    client& operator=(client other) noexcept;
    ~client() = default;

   private:
    friend class mutex;
    client(std::shared_ptr<detail::background_thread> thread, std::shared_ptr<detail::client_core> core);

    std::shared_ptr<detail::background_thread> thread_;  // the last to go: joins it
    std::shared_ptr<detail::client_core> core_;
};

}  // namespace dibs
