#pragma once

#include "locks/locker.hpp"
#include "postgres/pool.hpp"
#include "redis/connection.hpp"
#include "redis/subscriber.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace dibs::locks {

/// Where a process's locks live; a server that is not there is not asked for.
struct server_addresses {
    std::optional<redis::endpoint> redis;
    std::vector<redis::endpoint> masters;
    std::optional<postgres::target> postgres;
    postgres::pool_options sessions = {};
};

/// The connections of one process to the servers its locks live on.
class server_set {
   public:
    server_set(asio::any_io_executor executor, const server_addresses& where);

    backends for_lockers() const;
    redis::connection& redis() { return *redis_; }
    const locks::redis_server& redis_server() const { return redis_; }
    const redis_masters& masters() const { return masters_; }
    redis::subscriber& subscriber() { return *subscriber_; }
    postgres::pool& pool() { return *pool_; }

    /// Throws dibs::error when the server does not answer.
    task<void> reach_redis(deadline until);
    task<void> reach_postgres(deadline until);

    /// Throws dibs::error for what is away or refuses us, and bad_input for two masters that are one server;
    /// a minority of the masters may be away.
    task<void> examine(deadline until);
    /// Ends all connections. What was asked of Redis before, and what that is followed by, is given
    /// closing_time to be answered: withdrawals and releases in the background.
    task<void> close();

   private:
    bool is_asking() const;
    task<void> finish_asking() const;

    asio::any_io_executor executor_;
    locks::redis_server redis_;
    message_source subscriber_;
    redis_masters masters_;
    std::unique_ptr<postgres::pool> pool_;
};

}  // namespace dibs::locks
