// `dibs up` as its users see it.
#include "sandbox/redis_ping.hpp"
#include "sandbox/supervisor.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/processes.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

namespace dibs::sandbox {
namespace {

using namespace std::chrono_literals;

clock::time_point soon() { return clock::now() + 60s; }

class dibs_up : public testing::Test {
   protected:
    process start(std::vector<std::string> words) {
        words.insert(words.begin(), "up");
        program dibs(DIBS_PROGRAM, std::move(words));
        dibs.standard_output = output::pipe();
        dibs.standard_error = output::pipe();
        dibs.environment.emplace_back("TMPDIR", box.folder());
        return box.start(dibs);
    }

    boost::json::object urls_of(process& up) {
        const auto line = up.read_line(soon());
        if (!line) throw std::runtime_error(up.read_all_errors(soon()));
        return boost::json::parse(*line).as_object();
    }

    supervisor box;
};

std::string text(const boost::json::value& value) { return boost::json::value_to<std::string>(value); }

bool answers(const boost::json::value& url) {
    return redis_answers(text(url).substr(std::string("redis+unix://").size()));
}

std::string name_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    std::getline(file, name);
    return name;
}

TEST_F(dibs_up, serves_until_interrupted_and_leaves_nothing) {
    for (const int interrupt : {SIGINT, SIGTERM}) {
        auto up = start({"--json"});
        const auto urls = urls_of(up);
        EXPECT_TRUE(answers(urls.at("redis")));
        ASSERT_EQ(urls.at("redlock").as_array().size(), 5U);
        for (const auto& master : urls.at("redlock").as_array()) EXPECT_TRUE(answers(master)) << master;
        EXPECT_EQ(tests::run_sql(text(urls.at("postgres")), "SELECT current_database()"), "dibs");
        const auto servers = tests::descendants_of(up.pid());
        up.signal(interrupt);
        EXPECT_EQ(tests::end_of(up).code(), 0);
        EXPECT_THAT(tests::await_gone(servers, soon()), testing::IsEmpty());
        EXPECT_FALSE(std::filesystem::exists(text(urls.at("folder"))));
    }
}

TEST_F(dibs_up, ends_when_a_server_dies) {
    auto up = start({"--json", "--no-redlock"});
    const auto urls = urls_of(up);
    EXPECT_EQ(urls.at("redlock").as_array().size(), 0U);
    for (const pid_t pid : tests::descendants_of(up.pid())) {
        if (name_of(pid) == "redis-server") ::kill(pid, SIGKILL);
    }
    EXPECT_EQ(tests::end_of(up).code(), 1);
    EXPECT_THAT(up.read_all_errors(soon()), testing::HasSubstr("redis has ended with signal 9 (Killed)"));
    EXPECT_TRUE(tests::await_gone(text(urls.at("folder")), soon()));
}

TEST_F(dibs_up, prints_urls_and_that_its_data_goes) {
    auto up = start({"--tcp", "--no-redlock"});
    EXPECT_THAT(tests::next_line(up), testing::MatchesRegex("redis     redis://:[0-9a-f]+@127.0.0.1:[0-9]+"));
    EXPECT_THAT(tests::next_line(up),
                testing::MatchesRegex("postgres  postgresql://postgres:[0-9a-f]+@127.0.0.1:[0-9]+/dibs"));
    EXPECT_THAT(tests::next_line(up), testing::StartsWith("folder    "));
    EXPECT_THAT(tests::next_line(up), testing::HasSubstr("removes their data"));
}

TEST_F(dibs_up, warns_where_the_folder_lies_in_memory) {
    auto up = start({"--json", "--no-redlock", "--dir", "/dev/shm"});
    const auto urls = urls_of(up);
    EXPECT_THAT(up.read_error_line(soon()).value_or(""), testing::HasSubstr("lies in memory"));
}

TEST_F(dibs_up, refuses_what_cannot_be) {
    auto unknown = start({"--no-such-option"});
    EXPECT_EQ(tests::end_of(unknown).code(), 2);
    auto nowhere = start({"--dir", "/no/such/place"});
    EXPECT_EQ(tests::end_of(nowhere).code(), 1);
    EXPECT_THAT(nowhere.read_all_errors(soon()), testing::HasSubstr("/no/such/place"));
}

}  // namespace
}  // namespace dibs::sandbox
