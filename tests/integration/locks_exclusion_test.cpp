// Two processes with twenty waiters each on one name.
#include "fault/proxy_thread.hpp"
#include "tests/support/guarded_resource.hpp"
#include "tests/support/lock_fixture.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>

namespace dibs::tests {
namespace {

constexpr int processes = 2;
constexpr int waiters_each = 20;
constexpr int rounds = 5;

class exclusion_test : public lock_test {
   protected:
    sandbox::program worker(const std::string& lock) const {
        const auto urls = servers_of_workers();
        sandbox::program program(
            DIBS_LOCK_WORKER,
            {"--lock", lock, "--redis", urls.redis, "--postgres", urls.postgres, "--name", name_, "--waiters",
             std::to_string(waiters_each), "--rounds", std::to_string(rounds)});
        for (const auto& master : urls.masters)
            program.arguments.insert(program.arguments.end(), {"--master", master});
        program.standard_error = sandbox::output::inherited();
        return program;
    }

    virtual server_urls servers_of_workers() const { return urls_of(shared_servers()); }

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
    EXPECT_EQ(found.visits, processes * waiters_each * rounds);
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

/// What is the matter with some of redlock's five masters.
struct minority {
    std::string name;
    std::vector<std::size_t> hung = {};
    std::vector<std::size_t> dead = {};
    std::vector<std::size_t> black_holed = {};
};

class with_minority : public exclusion_test, public testing::WithParamInterface<minority> {
   protected:
    void SetUp() override {
        for (const auto number : GetParam().hung) shared_servers().redis_master(number).signal(SIGSTOP);
        for (const auto number : GetParam().dead) shared_servers().redis_master(number).kill();
        for (const auto number : GetParam().black_holed) {
            auto& link = links_[number];
            link = std::make_unique<faults::proxy_thread>(shared_servers().redis_master(number), number);
            link->change([](faults::proxy& through) { through.set({.hole = faults::black_hole::drop}); });
        }
    }
    void TearDown() override {
        for (const auto number : GetParam().hung) shared_servers().redis_master(number).signal(SIGCONT);
        for (const auto number : GetParam().dead) shared_servers().redis_master(number).start();
        for (const auto& [number, link] : links_)
            link->change([](faults::proxy& through) { EXPECT_GT(through.statistics().dropped, 0U); });
    }
    server_urls servers_of_workers() const override {
        auto urls = exclusion_test::servers_of_workers();
        for (const auto& [number, link] : links_) urls.masters.at(number) = link->url();
        return urls;
    }

   private:
    std::map<std::size_t, std::unique_ptr<faults::proxy_thread>> links_;
};

TEST_P(with_minority, redlock_holds_and_grants) {
    const auto found = fight("redlock");
    EXPECT_EQ(found.visits, processes * waiters_each * rounds);
    EXPECT_EQ(found.overlaps, 0);
}

INSTANTIATE_TEST_SUITE_P(of_five, with_minority,
                         testing::Values(minority{.name = "one_hung", .hung = {0}},
                                         minority{.name = "one_dead", .dead = {1}},
                                         minority{.name = "one_black_holed", .black_holed = {2}},
                                         minority{.name = "two_hung", .hung = {1, 4}},
                                         minority{.name = "two_dead", .dead = {2, 3}},
                                         minority{.name = "two_black_holed", .black_holed = {0, 3}},
                                         minority{.name = "one_hung_one_dead", .hung = {0}, .dead = {2}}),
                         [](const auto& with) { return with.param.name; });

TEST_F(exclusion_test, sees_a_lock_that_takes_what_is_held) { EXPECT_GT(fight("no-nx").overlaps, 0); }

TEST_F(exclusion_test, sees_a_lock_that_grants_everybody) { EXPECT_GT(fight("blind").overlaps, 0); }

TEST_F(exclusion_test, sees_a_token_drawn_before_the_lock_is_held) {
    const auto found = fight("early-token");
    EXPECT_EQ(found.overlaps, 0);
    EXPECT_GT(found.stale_tokens, 0);
}

}  // namespace
}  // namespace dibs::tests
