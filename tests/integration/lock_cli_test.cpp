// `dibs lock` as its users see it.
#include "tests/support/lock_fixture.hpp"
#include "tests/support/processes.hpp"

#include <gmock/gmock.h>

#include <csignal>

namespace dibs::tests {
namespace {

using testing::HasSubstr;

class dibs_lock : public lock_test {
   protected:
    using words = std::vector<std::string>;

    /// Holds the test's name while `command` runs.
    sandbox::process start(words options, const words& command,
                           const sandbox::output& standard_error = sandbox::output::pipe()) {
        words all{"lock", name_, "--redis", shared_servers().redis_url()};
        all.insert(all.end(), options.begin(), options.end());
        if (!command.empty()) all.emplace_back("--");
        all.insert(all.end(), command.begin(), command.end());
        sandbox::program program(DIBS_PROGRAM, std::move(all));
        program.standard_output = sandbox::output::pipe();
        program.standard_error = standard_error;
        return shared_servers().supervisor().start(program);
    }
    int status_of(words options, const words& command) {
        auto one = start(std::move(options), command);
        const auto code = end_of(one).code();
        errors = one.read_all_errors(sandbox::clock::now());
        return code.value_or(-1);
    }

    /// Takes the lock from whoever holds it.
    void lose() {
        auto drop = redis::command("DEL").arg("dibs:{" + name_ + "}:lock");
        run(servers_->redis().execute(std::move(drop), after(std::chrono::seconds(5))));
    }

    std::string errors;
};

const std::vector<std::string> until_killed{"sh", "-c", "echo $DIBS_TOKEN $$; while :; do sleep 1; done"};

TEST_F(dibs_lock, passes_the_exit_status_on) {
    EXPECT_EQ(status_of({}, {"true"}), 0);
    EXPECT_EQ(status_of({}, {"sh", "-c", "exit 3"}), 3);
    EXPECT_EQ(status_of({}, {"sh", "-c", "kill -9 $$"}), 128 + SIGKILL);
    EXPECT_EQ(status_of({}, {"no-such-command"}), 127);
    EXPECT_EQ(status_of({}, {"/etc/passwd"}), 126);
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_F(dibs_lock, excludes_and_says_so) {
    auto holder = start({}, until_killed);
    EXPECT_NE(next_line(holder).front(), ' ') << "DIBS_TOKEN is set";
    EXPECT_EQ(status_of({"--wait", "0s"}, {"true"}), 75);
    EXPECT_THAT(errors, HasSubstr("is held by another"));
    holder.signal(SIGTERM);
    EXPECT_EQ(end_of(holder).code(), 128 + SIGTERM);
    EXPECT_EQ(status_of({"--wait", "0s"}, {"true"}), 0) << "and gives the lock back";
}

TEST_F(dibs_lock, leaves_nothing_behind_where_it_had_no_lock) {
    auto held = run(take(*make("queue"), std::chrono::seconds(0)));
    ASSERT_TRUE(held);
    EXPECT_EQ(status_of({"--wait", "100ms"}, {"true"}), 75);
    auto look = redis::command("LLEN").arg("dibs:{" + name_ + "}:queue");
    EXPECT_EQ(run(ask(std::move(look))).integer(), 0);
    run(held->release());
}

TEST_F(dibs_lock, leaves_nothing_behind_where_there_is_no_such_command) {
    auto forget = redis::command("SCRIPT").arg("FLUSH");
    run(ask(std::move(forget)));
    EXPECT_EQ(status_of({}, {"no-such-command"}), 127);
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_F(dibs_lock, the_command_does_not_get_its_connections) {
    auto holder = start({}, {"sh", "-c", "ls -l /proc/$$/fd | grep socket: || echo none"});
    EXPECT_EQ(next_line(holder), "none");
    EXPECT_EQ(end_of(holder).code(), 0);
}

TEST_F(dibs_lock, ends_the_command_when_the_lock_is_lost) {
    auto holder = start({"--lease", "1s"}, until_killed);
    next_line(holder);
    lose();
    EXPECT_EQ(end_of(holder).code(), 128 + SIGTERM);
    EXPECT_THAT(holder.read_all_errors(sandbox::clock::now()), HasSubstr("is lost"));
}

TEST_F(dibs_lock, does_the_same_though_nobody_can_be_told) {
    const auto full = sandbox::output::file("/dev/full");
    auto holder = start({"--lease", "1s"}, until_killed, full);
    next_line(holder);
    auto refused = start({"--wait", "0s"}, {"true"}, full);
    EXPECT_EQ(end_of(refused).code(), 75);
    lose();
    EXPECT_EQ(end_of(holder).code(), 128 + SIGTERM);
}

TEST_F(dibs_lock, leaves_nothing_behind_where_nobody_reads_what_it_says) {
    auto held = run(take(*make("queue"), std::chrono::seconds(0)));
    ASSERT_TRUE(held);
    sandbox::program unread(
        "/bin/bash", {"-c", R"(exec 2> >(exec true); wait $!; exec "$0" "$@")", DIBS_PROGRAM, "lock", name_,
                      "--redis", shared_servers().redis_url(), "--wait", "100ms", "--", "true"});
    auto refused = shared_servers().supervisor().start(unread);
    EXPECT_EQ(end_of(refused).code(), 75);
    auto look = redis::command("LLEN").arg("dibs:{" + name_ + "}:queue");
    EXPECT_EQ(run(ask(std::move(look))).integer(), 0);
    run(held->release());
    auto ordinary = start({}, {"sh", "-c", "trap '' TERM; kill -PIPE $$"});
    EXPECT_EQ(end_of(ordinary).code(), 128 + SIGPIPE) << "the command heeds it as ever";
}

TEST_F(dibs_lock, what_its_caller_ignores_its_command_ignores) {
    sandbox::program under_nohup("/bin/sh", {"-c", R"(trap '' HUP PIPE; exec "$0" "$@")", DIBS_PROGRAM,
                                             "lock", name_, "--redis", shared_servers().redis_url(), "--",
                                             "sh", "-c", "kill -HUP $$; kill -PIPE $$; echo alive"});
    under_nohup.standard_output = sandbox::output::pipe();
    auto one = shared_servers().supervisor().start(under_nohup);
    EXPECT_EQ(next_line(one), "alive");
    EXPECT_EQ(end_of(one).code(), 0);
}

TEST_F(dibs_lock, kills_a_command_that_will_not_end) {
    auto holder = start({"--lease", "1s", "--grace", "10ms"},
                        {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"});
    next_line(holder);
    auto drop = redis::command("DEL").arg("dibs:{" + name_ + "}:lock");
    run(servers_->redis().execute(std::move(drop), after(std::chrono::seconds(5))));
    EXPECT_EQ(end_of(holder).code(), 128 + SIGKILL);
}

TEST_F(dibs_lock, leaves_no_command_behind_when_it_is_killed) {
    auto holder = start({}, until_killed);
    const auto line = next_line(holder);
    const auto command = static_cast<pid_t>(std::stol(line.substr(line.find(' '))));
    holder.kill();
    EXPECT_TRUE(await_gone({command}, sandbox::clock::now() + std::chrono::seconds(30)).empty());
}

TEST_F(dibs_lock, says_what_is_wrong) {
    EXPECT_EQ(status_of({"--algorithm", "database"}, {"true"}), 2);
    EXPECT_THAT(errors, HasSubstr("--postgres"));
    EXPECT_EQ(status_of({"--wait", "10"}, {"true"}), 2);
    EXPECT_EQ(status_of({}, {}), 2);
    EXPECT_THAT(errors, HasSubstr("COMMAND"));
    name_ = "a name";
    EXPECT_EQ(status_of({}, {"true"}), 2);
    EXPECT_THAT(errors, HasSubstr("A-Z a-z 0-9"));
}

}  // namespace
}  // namespace dibs::tests
