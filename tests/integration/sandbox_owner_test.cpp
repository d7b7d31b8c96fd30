// Whatever becomes of a sandbox's owner: no process and no folder of it is left.
#include "sandbox/redis_server.hpp"
#include "tests/support/processes.hpp"

#include <gmock/gmock.h>
#include <sys/shm.h>

#include <csignal>
#include <cstring>
#include <fstream>

namespace dibs::sandbox {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

clock::time_point soon() { return clock::now() + 60s; }

/// A sandbox_owner whose sandbox stands.
struct owner {
    explicit owner(supervisor& box, const std::string& fate = "return") {
        program helper(DIBS_SANDBOX_OWNER, {fate});
        helper.standard_output = output::pipe();
        helper.standard_error = output::pipe();
        helper.environment.emplace_back("TMPDIR", box.folder());
        itself = box.start(helper);
        folder = itself.read_line(soon()).value_or("");
        descendants = tests::descendants_of(itself.pid());
    }

    void expect_nothing_left() {
        EXPECT_THAT(tests::await_gone(descendants, soon()), IsEmpty());
        EXPECT_TRUE(tests::await_gone(folder, soon())) << folder;
    }

    process itself;
    std::filesystem::path folder;
    std::vector<pid_t> descendants;
};

class sandbox_owner : public testing::Test {
   protected:
    supervisor box;
};

class sandbox_owner_signal : public sandbox_owner, public testing::WithParamInterface<int> {};

TEST_P(sandbox_owner_signal, to_it_alone) {
    owner one(box);
    // Its supervisor, the companion, Redis, the postmaster and its children.
    ASSERT_THAT(one.descendants, SizeIs(testing::Ge(6)));
    ASSERT_TRUE(std::filesystem::exists(one.folder));
    one.itself.signal(GetParam());
    EXPECT_EQ(tests::end_of(one.itself).signal(), GetParam());
    one.expect_nothing_left();
}

TEST_P(sandbox_owner_signal, to_its_process_group) {
    if (GetParam() == SIGKILL) return;  // nobody else is in the group
    owner one(box);
    ASSERT_EQ(::kill(-one.itself.pid(), GetParam()), 0);
    EXPECT_EQ(tests::end_of(one.itself).signal(), GetParam());
    one.expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(each, sandbox_owner_signal,
                         testing::Values(SIGKILL, SIGINT, SIGTERM, SIGHUP, SIGABRT),
                         [](const auto& number) { return std::string(sigabbrev_np(number.param)); });

TEST_F(sandbox_owner, that_returns) {
    owner one(box, "return");
    one.itself.signal(SIGUSR1);
    EXPECT_EQ(tests::end_of(one.itself).code(), 0) << one.itself.read_all_errors(soon());
    // By its own destructors: nothing remains to be waited for.
    EXPECT_FALSE(std::filesystem::exists(one.folder));
    one.expect_nothing_left();
}

TEST_F(sandbox_owner, that_exits_without_destructors) {
    owner one(box, "exit");
    one.itself.signal(SIGUSR1);
    EXPECT_EQ(tests::end_of(one.itself).code(), 0) << one.itself.read_all_errors(soon());
    one.expect_nothing_left();
}

TEST_F(sandbox_owner, that_throws_and_aborts) {
    owner one(box, "throw");
    one.itself.signal(SIGUSR1);
    EXPECT_EQ(tests::end_of(one.itself).signal(), SIGABRT);
    one.expect_nothing_left();
}

TEST_F(sandbox_owner, killed_while_initdb_runs) {
    owner one(box, "initdb");
    one.itself.kill();
    one.expect_nothing_left();
}

TEST_F(sandbox_owner, killed_after_its_postmaster_was) {
    owner one(box);
    std::ifstream pid_file(one.folder / "postgres/data/postmaster.pid");
    pid_t postmaster = 0;
    ASSERT_TRUE(pid_file >> postmaster);
    std::string line;
    for (int number = 1; number <= 6; ++number) std::getline(pid_file, line);
    unsigned long key = 0;
    int segment = -1;
    ASSERT_TRUE(pid_file >> key >> segment);
    ASSERT_EQ(::kill(postmaster, SIGKILL), 0);
    one.itself.kill();
    one.expect_nothing_left();
    shmid_ds unused{};
    EXPECT_EQ(::shmctl(segment, IPC_STAT, &unused), -1) << "its shared memory is left";
}

TEST_F(sandbox_owner, outlives_its_supervisor_and_clears_up_itself) {
    supervisor doomed;
    redis_server redis(doomed);
    redis.start();
    const auto folder = doomed.folder();
    ASSERT_EQ(::kill(doomed.pid(), SIGKILL), 0);
    EXPECT_THAT(tests::await_gone({redis.pid()}, soon()), IsEmpty());
    EXPECT_THROW(redis.start(), std::exception);
    doomed.stop();
    EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(sandbox_owner, of_two_ends_each_by_itself) {
    supervisor other;
    redis_server mine(box);
    redis_server its(other);
    mine.start();
    its.start();
    EXPECT_NE(box.folder(), other.folder());
    const auto folder = box.folder();
    box.stop();
    EXPECT_FALSE(std::filesystem::exists(folder));
    EXPECT_THAT(tests::await_gone({mine.pid()}, soon()), IsEmpty());
    EXPECT_TRUE(its.running());
}

}  // namespace
}  // namespace dibs::sandbox
