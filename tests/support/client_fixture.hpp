#pragma once

#include "sandbox/servers.hpp"
#include "tests/support/lock_fixture.hpp"

#include <dibs/client.hpp>

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace dibs::tests {

inline config servers_of(const sandbox::servers& box) {
    config where;
    where.redis = box.redis_url();
    where.masters = box.redlock_urls();
    where.postgres = box.postgres_url();
    return where;
}

class client_test : public lock_test {
   protected:
    client connect() { return run(client::connect(io_.get_executor(), servers_of(shared_servers()))); }

    lock_request request_for(algorithm kind, std::chrono::milliseconds wait = std::chrono::milliseconds{0}) {
        auto wanted = request(wait);
        wanted.algorithm = kind;
        return wanted;
    }

    /// Of a free lock.
    lease hold(client& by, algorithm kind, std::chrono::milliseconds for_long) {
        auto wanted = request_for(kind);
        wanted.lease = for_long;
        return std::move(run(by.acquire(wanted)).value());
    }

    /// The process of a `database` lock's session.
    pid_t backend_of(lease& held) {
        return std::stoi(run(held.execute("SELECT pg_backend_pid()")).at(0).at(0).value());
    }

    void run_for(steady::duration time) {
        io_.restart();
        io_.run_for(time);
    }
};

/// Processes that stand still until this goes.
class stopped {
   public:
    explicit stopped(std::vector<pid_t> processes) : processes_(std::move(processes)) { signal(SIGSTOP); }
    stopped(const stopped&) = delete;
    stopped& operator=(const stopped&) = delete;
    ~stopped() { signal(SIGCONT); }

   private:
    void signal(int what) const {
        for (const pid_t one : processes_) ::kill(one, what);
    }
    std::vector<pid_t> processes_;
};

}  // namespace dibs::tests
