#include "sandbox/folder.hpp"
#include "sandbox/postgres_binaries.hpp"
#include "sandbox/redis_server.hpp"
#include "sandbox/supervisor.hpp"
#include "tests/support/processes.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

namespace dibs::sandbox {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

clock::time_point soon() { return clock::now() + 60s; }

program shell(const std::string& script) {
    program sh("/bin/sh", {"-c", script});
    sh.standard_output = output::pipe();
    sh.standard_error = output::pipe();
    return sh;
}

template <class Action>
std::string message_of(const Action& action) {
    try {
        action();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "nothing thrown";
}

class sandbox_process : public testing::Test {
   protected:
    exit_status run(const std::string& script) {
        auto child = box.start(shell(script));
        return tests::end_of(child);
    }

    supervisor box;
};

TEST_F(sandbox_process, tells_how_it_ended) {
    EXPECT_TRUE(run("exit 0").success());
    EXPECT_EQ(run("exit 3").describe(), "exit code 3");
    EXPECT_EQ(run("kill -9 $$").describe(), "signal 9 (Killed)");
}

TEST_F(sandbox_process, gives_both_its_outputs) {
    auto child = box.start(shell("echo one; echo two; printf rest; echo trouble >&2"));
    EXPECT_EQ(child.read_line(soon()), "one");
    EXPECT_EQ(child.read_all(soon()), "two\nrest");
    EXPECT_EQ(child.read_error_line(soon()), "trouble");
    EXPECT_EQ(child.read_error_line(soon()), std::nullopt);
}

TEST_F(sandbox_process, appends_to_a_file) {
    const auto file = box.folder() / "out";
    auto writer = shell("echo out; echo err >&2");
    writer.standard_output = output::file(file);
    writer.standard_error = output::file(file);
    for (int times = 0; times < 2; ++times) box.start(writer).wait(soon());
    std::ifstream written(file);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), "out\nerr\nout\nerr\n");
}

TEST_F(sandbox_process, gets_arguments_environment_and_folder_as_given) {
    auto child = shell(R"sh(printf '%s|%s|%s|%s' "$1" "$NEW" "$HOME" "$(pwd)")sh");
    child.arguments.insert(child.arguments.end(), {"sh", "two words\n"});
    child.environment = {{"NEW", "a=b"}, {"HOME", ""}};
    child.working_directory = "/usr";
    EXPECT_EQ(box.start(child).read_all(soon()), "two words\n|a=b||/usr");
}

TEST_F(sandbox_process, has_default_signals_and_no_descriptor_of_ours) {
    std::signal(SIGPIPE, SIG_IGN);
    auto child =
        box.start(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd | tr '\\n' ' '"));
    std::signal(SIGPIPE, SIG_DFL);
    EXPECT_EQ(child.read_line(soon()), "SigBlk:\t0000000000000000");
    EXPECT_EQ(child.read_line(soon()), "SigIgn:\t0000000000000000");
    EXPECT_EQ(child.read_all(soon()), "0 1 2 3 ");  // 3: what ls reads
}

TEST_F(sandbox_process, runs_as_another_user) {
    const user wanted = ::geteuid() == 0 ? user_named("postgres") : user{::geteuid(), ::getegid()};
    auto child = shell("id -u; id -g; id -G");
    child.working_directory = "/";  // ours may be closed to others
    if (::geteuid() == 0) child.run_as = wanted;
    auto running = box.start(child);
    EXPECT_EQ(running.read_line(soon()), std::to_string(wanted.id));
    EXPECT_EQ(running.read_line(soon()), std::to_string(wanted.group));
    if (::geteuid() == 0) {
        EXPECT_EQ(running.read_line(soon()), std::to_string(wanted.group));
    }
}

TEST_F(sandbox_process, that_cannot_run_says_why) {
    EXPECT_EQ(message_of([&] { box.start(program("/no/such/program")); }),
              "cannot run /no/such/program: No such file or directory");
    auto lost = shell("true");
    lost.working_directory = "/no/such/folder";
    EXPECT_EQ(message_of([&] { box.start(lost); }),
              "cannot run /bin/sh in /no/such/folder: No such file or directory");
    EXPECT_THAT(message_of([&] { box.start(program("/bin/true", {std::string(200'000, 'x')})); }),
                HasSubstr("Argument list too long"));
    EXPECT_TRUE(run("true").success()) << "the supervisor goes on";
}

TEST_F(sandbox_process, waits_no_longer_than_told) {
    auto child = box.start(program("/bin/sleep", {"1000"}));
    EXPECT_EQ(child.wait(clock::now() + 10ms), std::nullopt);
    EXPECT_TRUE(child.running());
    EXPECT_EQ(child.kill().signal(), SIGKILL);
    EXPECT_FALSE(child.running());
    child.signal(SIGTERM);  // nothing to meet
}

TEST_F(sandbox_process, ends_with_its_object_although_it_ignores_the_signal) {
    pid_t deaf = 0;
    {
        auto child = box.start(shell("trap '' TERM; echo ready; exec sleep 1000"));
        ASSERT_EQ(child.read_line(soon()), "ready");
        deaf = child.pid();
        EXPECT_EQ(child.terminate(10ms).signal(), SIGKILL);
    }
    pid_t willing = 0;
    {
        auto child = box.start(program("/bin/sleep", {"1000"}));
        willing = child.pid();
        auto moved = std::move(child);
        EXPECT_TRUE(moved.running());
    }
    EXPECT_THAT(tests::await_gone({deaf, willing}, soon()), testing::IsEmpty());
}

TEST_F(sandbox_process, takes_its_orphans_along) {
    auto child = box.start(shell("setsid sleep 1000 & echo $!"));
    const pid_t orphan = std::stoi(tests::next_line(child));
    child.wait(soon());
    box.stop();
    EXPECT_THAT(tests::await_gone({orphan}, clock::now()), testing::IsEmpty());
}

TEST(sandbox_folder, that_cannot_be_made_says_where) {
    EXPECT_THAT(message_of([] { supervisor box("/no/such/place"); }),
                testing::AllOf(HasSubstr("/no/such/place"), HasSubstr("No such file"), HasSubstr("--dir")));
}

TEST(sandbox_folder, of_too_long_a_path_says_so) {
    supervisor box;
    const auto longer = box.folder() / std::string(100, 'x');
    std::filesystem::create_directory(longer);
    supervisor inner(longer);
    EXPECT_THAT(message_of([&] { redis_server redis(inner); }),
                testing::AllOf(HasSubstr(longer.native()), HasSubstr("may have 107"), HasSubstr("TMPDIR")));
}

TEST(sandbox_folder, in_memory_is_warned_of) {
    supervisor box("/dev/shm");
    EXPECT_THAT(memory_warning(box.folder()).value_or(""), HasSubstr("lies in memory"));
    EXPECT_EQ(memory_warning("/usr"), std::nullopt);
}

TEST(sandbox_binaries, that_are_missing_are_named_with_their_package) {
    const char* const path = std::getenv("PATH");
    ASSERT_NE(path, nullptr);
    const std::string before = path;
    supervisor box;
    // A folder that cannot be read, for root either: it does not stand in the way of the rest of PATH.
    const auto loop = box.folder() / "loop";
    std::filesystem::create_symlink(loop, loop);
    ::setenv("PATH", loop.c_str(), 1);
    const auto redis = message_of([&] { redis_server server(box); });
    const auto postgres = message_of([] { find_postgres({}); });
    ::setenv("PATH", before.c_str(), 1);
    EXPECT_THAT(redis, HasSubstr("scripts/install-deps (Debian package redis-server)"));
    EXPECT_THAT(postgres, HasSubstr("scripts/install-deps (Debian package postgresql-15)"));
}

}  // namespace
}  // namespace dibs::sandbox
