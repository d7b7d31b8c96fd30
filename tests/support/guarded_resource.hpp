#pragma once

#include "core/asio.hpp"
#include "redis/connection.hpp"

#include <dibs/lock.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dibs::tests {

/// Something that one at a time may touch: it counts whoever finds another one inside, and every token that
/// is not larger than all before it. Lives on a Redis server, so that processes share it.
class guarded_resource {
   public:
    guarded_resource(redis::connection& connection, std::string key)
        : connection_(connection), key_(std::move(key)) {}

    task<void> enter(std::optional<fencing_token> token);
    task<void> leave();

    struct findings {
        std::int64_t visits = 0;
        std::int64_t overlaps = 0;
        std::int64_t stale_tokens = 0;
    };
    task<findings> read();

   private:
    redis::connection& connection_;
    std::string key_;
};

}  // namespace dibs::tests
