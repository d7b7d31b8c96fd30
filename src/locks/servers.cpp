#include "locks/servers.hpp"

#include "redis/connection.hpp"

#include <utility>

namespace dibs::locks {

task<void> ping(redis::connection& server, deadline until) {
    redis::command asked("PING");
    co_await server.execute(std::move(asked), until);
}

}  // namespace dibs::locks
