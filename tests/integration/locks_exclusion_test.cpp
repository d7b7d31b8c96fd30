// Two processes with twenty waiters each on one name.
#include "tests/support/guarded_resource.hpp"
#include "tests/support/lock_fixture.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace dibs::tests {
namespace {

constexpr int processes = 2;
constexpr int waiters = 20;
constexpr int rounds = 5;

class exclusion_test : public lock_test {
   protected:
    sandbox::program worker(const std::string& lock) const {
        const auto urls = urls_of(shared_servers());
        sandbox::program program(
            DIBS_LOCK_WORKER,
            {"--lock", lock, "--redis", urls.redis, "--postgres", urls.postgres, "--name", name_, "--waiters",
             std::to_string(waiters), "--rounds", std::to_string(rounds)});
        for (const auto& master : urls.masters)
            program.arguments.insert(program.arguments.end(), {"--master", master});
        program.standard_error = sandbox::output::inherited();
        return program;
    }

    guarded_resource::findings fight(const std::string& lock) {
        std::vector<sandbox::process> running;
        for (int i = 0; i < processes; ++i)
            running.push_back(shared_servers().supervisor().start(worker(lock)));
        for (auto& process : running) {
            const auto status = process.wait(sandbox::clock::now() + std::chrono::seconds(60));
            EXPECT_TRUE(status && status->success()) << lock;
        }
        return run(guarded_resource(servers_->redis(), "resource:" + name_).read());
    }
};

class exclusion_of : public exclusion_test, public testing::WithParamInterface<std::string> {};

TEST_P(exclusion_of, holds_between_processes) {
    const auto found = fight(GetParam());
    EXPECT_EQ(found.visits, processes * waiters * rounds);
    EXPECT_EQ(found.overlaps, 0);
    EXPECT_EQ(found.stale_tokens, 0);
}

INSTANTIATE_TEST_SUITE_P(every_algorithm, exclusion_of,
                         testing::Values("database", "spinlock", "pubsub", "queue", "fencing", "redlock",
                                         "spinlock+local", "pubsub+local", "queue+local", "fencing+local"),
                         [](const auto& with) {
                             auto name = with.param;
                             std::replace(name.begin(), name.end(), '+', '_');
                             return name;
                         });

TEST_F(exclusion_test, sees_a_lock_that_takes_what_is_held) { EXPECT_GT(fight("no-nx").overlaps, 0); }

TEST_F(exclusion_test, sees_a_lock_that_grants_everybody) { EXPECT_GT(fight("blind").overlaps, 0); }

TEST_F(exclusion_test, sees_a_token_drawn_before_the_lock_is_held) {
    const auto found = fight("early-token");
    EXPECT_EQ(found.overlaps, 0);
    EXPECT_GT(found.stale_tokens, 0);
}

}  // namespace
}  // namespace dibs::tests
