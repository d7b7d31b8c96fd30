#pragma once

#include "core/asio.hpp"
#include "core/gate.hpp"
#include "postgres/connection.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dibs::postgres {

struct pool_options {
    std::size_t size = 10;          ///< sessions at most
    std::size_t waiting = 100'000;  ///< coroutines that may wait for one; beyond it: fault::exhausted
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(3);
    /// After a failure to connect nobody tries again for so long, and then one at a time until one succeeds:
    /// the others are told at once what happened.
    std::chrono::milliseconds reconnect_pause = std::chrono::milliseconds(100);
};

struct pool_use {
    std::size_t on_loan = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0;  ///< coroutines, for a session
};

/// A bounded number of sessions, made on demand and kept. First come, first served. One executor, not
/// thread-safe.
class pool {
   private:
    struct state;

   public:
    /// A session on loan; it goes back when this does, unless it is broken or left in a transaction.
    class loan {
       public:
        loan(loan&&) noexcept = default;
        loan& operator=(loan&&) = delete;
        ~loan();
        connection& operator*() const { return *session_; }
        connection* operator->() const { return session_.get(); }
        /// Nobody else gets this session: its settings may be others than ours.
        void retire() { reusable_ = false; }

       private:
        friend class pool;
        loan(std::shared_ptr<state> of, gate::pass place, std::unique_ptr<connection> session);
        std::shared_ptr<state> state_;
        gate::pass place_;
        std::unique_ptr<connection> session_;
        bool reusable_ = true;
    };

    /// Connects to nothing yet. Throws dibs::error (bad_input) for a conninfo that cannot be read.
    pool(asio::any_io_executor executor, target where, pool_options options = {});
    pool(asio::any_io_executor executor, std::string conninfo, pool_options options = {});
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;
    ~pool();

    /// Throws dibs::error: exhausted (no session was free before the deadline), unavailable, closed.
    task<loan> acquire(deadline until);

    /// One statement, a transaction of its own, on any session. Errors as acquire() and
    /// connection::execute().
    task<result> execute(const statement& what, params values, deadline until);
    /// Several in one round trip and one transaction, a result each.
    task<std::vector<result>> execute(std::vector<query> together, deadline until);

    /// Throws dibs::error (closed) after close().
    void require_open() const;
    /// Sessions on loan end when they come back; further calls throw dibs::error (closed).
    void close();

    std::size_t on_loan() const;
    std::size_t idle() const;
    std::size_t waiting() const;
    pool_use use() const { return {on_loan(), idle(), waiting()}; }
    const asio::any_io_executor& executor() const;

   private:
    std::shared_ptr<state> state_;
};

}  // namespace dibs::postgres
