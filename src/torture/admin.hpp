#pragma once

#include "redis/connection.hpp"

#include <boost/asio/io_context.hpp>

#include <string>

namespace dibs::torture {

/// A connection to Redis for a caller that blocks.
class admin {
   public:
    explicit admin(const std::string& redis_url);
    admin(const admin&) = delete;
    admin& operator=(const admin&) = delete;

    /// Blocks for 10 s at most. Throws dibs::error.
    redis::reply ask(redis::command what);

   private:
    asio::io_context io_{1};
    redis::connection server_;
};

/// One command on a connection of its own.
redis::reply ask(const std::string& redis_url, redis::command what);

}  // namespace dibs::torture
