#include "locks/locker.hpp"

#include "locks/database.hpp"
#include "locks/pubsub.hpp"
#include "locks/queue.hpp"
#include "locks/redlock.hpp"
#include "locks/spinlock.hpp"

#include <dibs/error.hpp>

#include <string>
#include <utility>

namespace dibs::locks {
namespace {

template <class Pointer>
const Pointer& needed(const Pointer& server, algorithm kind, const char* what) {
    if (!server)
        throw error(fault::bad_input, "dibs", std::string(to_string(kind)),
                    std::string("this algorithm needs ") + what);
    return server;
}

}  // namespace

void check_masters(std::size_t count) {
    if (count < 3 || count % 2 == 0)
        throw error(fault::bad_input, "dibs", "redlock",
                    "this algorithm needs an odd number of independent Redis servers, three at least");
}

std::unique_ptr<locker> make_locker(algorithm kind, const backends& servers) {
    const auto redis = [&] { return needed(servers.redis, kind, "a Redis server"); };
    const auto messages = [&] { return needed(servers.subscriber, kind, "a Redis subscriber"); };
    switch (kind) {
        case algorithm::database:
            return std::make_unique<database_locker>(servers.executor,
                                                     *needed(servers.pool, kind, "a PostgreSQL pool"));
        case algorithm::spinlock: return std::make_unique<spinlock_locker>(servers.executor, redis());
        case algorithm::pubsub: return std::make_unique<pubsub_locker>(servers.executor, redis(), messages());
        case algorithm::queue:
        case algorithm::fencing:
            return std::make_unique<queue_locker>(kind, servers.executor, redis(), messages());
        case algorithm::redlock:
            check_masters(servers.masters.size());
            return std::make_unique<redlock_locker>(servers.executor, servers.masters);
    }
    throw error(fault::bad_input, "dibs", "locker", "unknown algorithm");
}

}  // namespace dibs::locks
