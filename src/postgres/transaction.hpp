#pragma once

#include "core/asio.hpp"
#include "postgres/pool.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace dibs::postgres {

/// A transaction on a session of the pool. Whatever way it is left without a commit, it is rolled back: in
/// the background if it is destroyed. Errors as those of connection, but that a session lost before the
/// COMMIT was sent is unavailable, not in_doubt: the server has rolled back.
class transaction {
   public:
    /// Takes a session; BEGIN goes out with the first statement.
    static task<transaction> begin(pool& from, deadline until);
    transaction(transaction&&) noexcept = default;
    transaction& operator=(transaction&&) = delete;
    ~transaction();

    task<result> execute(const statement& what, params values, deadline until);
    /// All in one round trip, a result each.
    task<std::vector<result>> execute(std::vector<query> together, deadline until);

    /// Its session is closed when it has ended: what a stranger's statements set would stay with it.
    void retire_session() { session_->retire(); }

    /// False once it keeps no lock and commits nothing more: its session was lost, one of its statements
    /// failed, or ended it.
    bool sound() const { return session_ && (*session_)->in_sound_transaction(); }

    /// False once its session was lost.
    bool usable() const { return session_ && (*session_)->usable(); }

    /// Throws failure where the server rolled back instead, and in_doubt where its answer was lost.
    task<void> commit(deadline until);
    /// The last statement and the commit in one round trip.
    task<result> execute_and_commit(const statement& what, params values, deadline until);
    task<void> rollback(deadline until);

   private:
    explicit transaction(asio::any_io_executor executor, pool::loan session)
        : executor_(std::move(executor)), session_(std::make_unique<pool::loan>(std::move(session))) {}
    task<std::vector<result>> send(std::vector<query> together, deadline until, on_loss meaning);
    void begin_with(std::vector<query>& together);

    asio::any_io_executor executor_;
    std::unique_ptr<pool::loan> session_;  // null once it has ended
    bool begun_ = false;
};

}  // namespace dibs::postgres
