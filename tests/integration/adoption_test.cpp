// What somebody does who takes dibs into a program: runs the examples, builds against the installed library.
#include "core/random.hpp"
#include "tests/support/lock_fixture.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/run_program.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <csignal>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

sandbox::process start(const std::filesystem::path& executable, std::vector<std::string> words) {
    return start_program(shared_servers().supervisor(), executable, std::move(words));
}

program_end run_to_its_end(const std::filesystem::path& executable, std::vector<std::string> words) {
    return run_program(shared_servers().supervisor(), executable, std::move(words));
}

std::string output_of(const std::filesystem::path& executable, std::vector<std::string> words) {
    const auto how = run_to_its_end(executable, std::move(words));
    EXPECT_EQ(how.status, 0) << executable << '\n' << how.out << how.errors;
    return how.out;
}

std::filesystem::path example(const char* name) { return std::filesystem::path(DIBS_EXAMPLES) / name; }
std::string redis() { return shared_servers().redis_url(); }

TEST(examples, the_cron_job_gives_the_lock_back) {
    const auto done = "doing the nightly report\ndone\n";
    EXPECT_EQ(output_of(example("cron_singleton"), {redis(), "1"}), done);
    EXPECT_EQ(output_of(example("cron_singleton"), {redis(), "1"}), done);
}

TEST(examples, the_cron_job_is_done_by_one_of_two) {
    auto first = start(example("cron_singleton"), {redis(), "60000"});
    EXPECT_EQ(next_line(first), "doing the nightly report");
    EXPECT_EQ(output_of(example("cron_singleton"), {redis(), "1"}), "another machine does it\n");
    first.kill();
}

TEST(examples, the_next_leads_when_the_leader_is_killed) {
    auto one = start(example("leader"), {redis()});
    EXPECT_THAT(next_line(one), StartsWith("leading with token "));
    auto other = start(example("leader"), {redis()});
    one.kill();
    EXPECT_THAT(next_line(other), StartsWith("leading with token "));
    other.kill();
}

TEST(examples, a_leader_that_was_stopped_learns_that_it_no_longer_leads) {
    auto one = start(example("leader"), {redis()});
    next_line(one);
    auto other = start(example("leader"), {redis()});
    one.signal(SIGSTOP);
    EXPECT_THAT(next_line(other), StartsWith("leading with token "));
    one.signal(SIGCONT);
    EXPECT_EQ(next_line(one), "no longer the leader");
    one.kill();
    other.kill();
}

TEST(examples, a_late_write_is_refused) {
    EXPECT_EQ(output_of(example("guarded_write"), {redis(), shared_servers().postgres_url()}),
              "accepted\naccepted\nrefused: a later holder has written\n2 entries\n");
}

TEST(examples, threads_and_two_names_do_all_their_work) {
    EXPECT_EQ(output_of(example("threads"), {redis()}), "100 pieces done\n");
    EXPECT_EQ(output_of(example("two_names"), {redis()}), "ann 90, bob 110\n");
}

TEST(examples, say_what_is_wrong_when_nobody_listens) {
    const auto how = run_to_its_end(example("threads"), {"redis+unix:///nowhere/redis.sock"});
    EXPECT_EQ(how.status, 1);
    EXPECT_THAT(how.errors, HasSubstr("/nowhere/redis.sock"));
}

TEST(installation, lets_a_stranger_build_with_cmake_and_with_pkg_config) {
    const auto place = std::filesystem::temp_directory_path() / ("dibs-install-" + random_hex(4));
    const auto prefix = place / "usr";
    output_of(DIBS_CMAKE, {"--install", DIBS_BUILD, "--component", "library", "--prefix", prefix.native()});

    const std::string flags_of_cmake = std::string("-DCMAKE_CXX_FLAGS=") + DIBS_FLAGS;
    output_of(DIBS_CMAKE, {"-S", DIBS_FOREIGN, "-B", (place / "build").native(), "-G", "Ninja",
                           "-DCMAKE_PREFIX_PATH=" + prefix.native(), flags_of_cmake});
    output_of(DIBS_CMAKE, {"--build", (place / "build").native()});
    EXPECT_EQ(output_of(place / "build/stranger", {redis()}), "held\n");
    EXPECT_THAT(output_of(place / "build/measured_stranger", {redis()}),
                HasSubstr("dibs_lock_handoffs_total{algorithm=\"queue\",from=\"none\"} 1"));

    const auto flags =
        fmt::format("$(PKG_CONFIG_PATH={}/lib/pkgconfig pkg-config --cflags --libs dibs)", prefix.native());
    const auto compile = fmt::format("c++ -std=c++20 {} {}/stranger.cpp -o {} {}", DIBS_FLAGS, DIBS_FOREIGN,
                                     (place / "stranger").native(), flags);
    output_of("/bin/sh", {"-c", compile});
    EXPECT_EQ(output_of(place / "stranger", {redis()}), "held\n");
    std::filesystem::remove_all(place);
}

}  // namespace
}  // namespace dibs::tests
