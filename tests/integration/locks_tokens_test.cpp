// Fencing tokens across the loss of what Redis knew of them.
#include "tests/support/lock_fixture.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

constexpr int grants_each = 5;

class tokens_test : public lock_test {
   protected:
    /// A Redis server that this test may lose.
    static sandbox::redis_server server_of_its_own(const std::string& name,
                                                   std::vector<std::string> arguments = {}) {
        sandbox::redis_options wanted;
        wanted.name = name;
        wanted.at = sandbox::address::loopback;
        wanted.arguments = std::move(arguments);
        sandbox::redis_server server(shared_servers().supervisor(), std::move(wanted));
        server.start();
        return server;
    }

    std::unique_ptr<lock_servers> connect(const sandbox::redis_server& server) {
        auto urls = urls_of(shared_servers());
        urls.redis = server.url();
        return std::make_unique<lock_servers>(io_.get_executor(), urls);
    }

    /// Some grants in a row, whose tokens go to the end of `seen`.
    task<void> grant_some(locks::locker& locker, std::vector<fencing_token>& seen) {
        for (int i = 0; i < grants_each; ++i) {
            auto held = co_await take(locker, 5s);
            if (!held || !held->token()) throw std::runtime_error("no token was granted");
            seen.push_back(*held->token());
            co_await held->release();
        }
    }

    /// Grants, the end of the server without its data, and grants by the server that came back.
    std::vector<fencing_token> tokens_over_a_restart(const std::string& lock) {
        auto server = server_of_its_own("restarted-" + lock);
        const auto connected = connect(server);
        const auto locker = make_lock(lock, connected->for_lockers()).locker;
        std::vector<fencing_token> seen;
        run(grant_some(*locker, seen));
        server.kill();
        server.start();
        run(grant_some(*locker, seen));
        return seen;
    }

    task<void> until_in_step(redis::connection& replica) {
        asio::steady_timer pause(io_);
        for (bool up = false; !up;) {
            auto ask = redis::command("INFO").arg("replication");
            const auto answer = co_await replica.execute(std::move(ask), after(5s));
            up = answer.text().find("master_link_status:up") != std::string::npos;
            pause.expires_after(10ms);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    /// Grants by a master, further ones that its replica never hears of, and grants by that replica.
    std::vector<fencing_token> tokens_over_a_failover(const std::string& lock) {
        auto master = server_of_its_own("master-" + lock, {"--repl-diskless-sync-delay", "0"});
        auto replica = server_of_its_own(
            "replica-" + lock,
            {"--replicaof", "127.0.0.1", std::to_string(master.port()), "--masterauth", master.password()});
        const auto before = connect(master);
        const auto afterwards = connect(replica);
        run(until_in_step(afterwards->redis()));
        std::vector<fencing_token> seen;
        const auto old_locker = make_lock(lock, before->for_lockers()).locker;
        run(grant_some(*old_locker, seen));
        auto promote = redis::command("REPLICAOF").arg("NO").arg("ONE");
        run(afterwards->redis().execute(std::move(promote), after(5s)));
        run(grant_some(*old_locker, seen));
        master.kill();
        const auto new_locker = make_lock(lock, afterwards->for_lockers()).locker;
        run(grant_some(*new_locker, seen));
        return seen;
    }

    static bool only_grow(const std::vector<fencing_token>& tokens) {
        for (std::size_t i = 1; i < tokens.size(); ++i)
            if (tokens[i] <= tokens[i - 1]) return false;
        return true;
    }
};

class tokens_of : public tokens_test, public testing::WithParamInterface<std::string> {};

INSTANTIATE_TEST_SUITE_P(every_algorithm_on_one_redis, tokens_of,
                         testing::Values("spinlock", "pubsub", "queue", "fencing"),
                         [](const auto& with) { return with.param; });

TEST_P(tokens_of, grow_over_a_restart_that_forgets_everything) {
    EXPECT_TRUE(only_grow(tokens_over_a_restart(GetParam())));
}

TEST_P(tokens_of, grow_over_a_failover_to_a_replica_that_lags) {
    EXPECT_TRUE(only_grow(tokens_over_a_failover(GetParam())));
}

TEST_F(tokens_test, sees_tokens_of_a_mere_counter_come_back) {
    EXPECT_FALSE(only_grow(tokens_over_a_restart("early-token")));
    EXPECT_FALSE(only_grow(tokens_over_a_failover("early-token")));
}

}  // namespace
}  // namespace dibs::tests
