#pragma once

#include "core/asio.hpp"
#include "locks/locker.hpp"
#include "postgres/pool.hpp"
#include "redis/connection.hpp"
#include "redis/subscriber.hpp"

#include <memory>
#include <string>
#include <vector>

namespace dibs::tests {

struct server_urls {
    std::string redis;
    std::vector<std::string> masters;
    std::string postgres;
};

/// The connections that every algorithm needs, as one process has them.
class lock_servers {
   public:
    lock_servers(asio::any_io_executor executor, const server_urls& urls);

    redis::connection& redis() { return redis_; }
    redis::subscriber& subscriber() { return subscriber_; }
    postgres::pool& pool() { return pool_; }
    locks::backends backends();

   private:
    asio::any_io_executor executor_;
    redis::connection redis_;
    redis::subscriber subscriber_;
    std::vector<std::unique_ptr<redis::connection>> masters_;
    postgres::pool pool_;
};

}  // namespace dibs::tests
