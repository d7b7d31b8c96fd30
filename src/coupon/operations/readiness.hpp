#pragma once

#include "core/asio.hpp"
#include "core/event.hpp"
#include "postgres/pool.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dibs::locks {
class server_set;
}

namespace dibs::coupon {

/// What a process lacks to serve: names, each with what is wrong.
using missing_parts = std::vector<std::pair<std::string, std::string>>;

/// Looks at the backends, for a load balancer that asks. One executor.
class readiness {
   public:
    /// `servers` must outlive it. The database is asked over a session of its own, which claims that wait for
    /// theirs do not delay.
    readiness(const asio::any_io_executor& executor, locks::server_set& servers, const std::string& conninfo);

    /// Empty: ready. Looks at most twice a second, however many ask, and for a second at most.
    task<missing_parts> examine();

    /// From now on `stopping` is missing.
    void stop() { stopping_ = true; }
    /// Closes the session.
    void close() { sessions_.close(); }
    postgres::pool& sessions() { return sessions_; }

   private:
    task<void> look();
    task<void> look_at_redis(deadline until);
    task<void> look_at_masters(deadline until);
    task<void> look_at_postgres(deadline until);
    void note(std::string name, std::string trouble) {
        seen_.emplace_back(std::move(name), std::move(trouble));
    }

    asio::any_io_executor executor_;
    locks::server_set& servers_;
    postgres::pool sessions_;
    missing_parts seen_;
    deadline fresh_until_{};
    std::shared_ptr<event> looking_;
    bool stopping_ = false;
};

}  // namespace dibs::coupon
