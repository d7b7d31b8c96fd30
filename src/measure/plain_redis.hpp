#pragma once

#include "redis/command.hpp"
#include "redis/endpoint.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

struct redisContext;

namespace dibs::redis {
class script_call;
}

/// The floors: Redis by hiredis's blocking calls, without anything of ours but the form of a command.
namespace dibs::measure {

class plain_redis {
   public:
    /// Throws std::runtime_error.
    explicit plain_redis(const redis::endpoint& where);

    /// The two halves of a round trip. Throws std::runtime_error for a lost connection and an error reply.
    void send(const redis::command& what);
    /// The reply as text: of a number its digits, of a list its first word.
    std::string receive();

    std::string ask(const redis::command& what);

    /// A pushed message or a line of MONITOR; empty: none came in that time.
    std::optional<std::string> listen(std::chrono::milliseconds time);

   private:
    struct closer {
        void operator()(redisContext* context) const;
    };
    std::string read();

    std::unique_ptr<redisContext, closer> context_;
};

}  // namespace dibs::measure
