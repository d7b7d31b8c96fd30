// `dibs bench` as its users see it, and `dibs stats` on what it wrote.
#include "tests/support/processes.hpp"
#include "tests/support/run_program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <sstream>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

class dibs_bench : public testing::Test {
   protected:
    program_end dibs(std::vector<std::string> words) {
        return run_program(box, DIBS_PROGRAM, std::move(words));
    }
    std::filesystem::path results() const { return box.folder() / "results"; }

    std::string text_of(const std::string& name) const {
        std::ifstream file(results() / name);
        std::stringstream text;
        text << file.rdbuf();
        EXPECT_FALSE(text.str().empty()) << name;
        return text.str();
    }

    sandbox::supervisor box;
};

TEST_F(dibs_bench, measures_and_leaves_results_that_stats_reads_back) {
    const auto ran =
        dibs({"bench", "--strategies", "queue,cas", "--rounds", "1", "--seed", "7", "--out", results()});
    ASSERT_EQ(ran.status, 0) << ran.out << ran.errors;
    EXPECT_THAT(ran.out, HasSubstr("| **queue** "));
    EXPECT_THAT(ran.out, HasSubstr("| **cas** "));
    EXPECT_THAT(ran.out, HasSubstr("claim p95, ms"));
    EXPECT_THAT(ran.out, HasSubstr("The database holds exactly the "));

    const auto summary = boost::json::parse(text_of("summary.json"));
    EXPECT_EQ(summary.at("profile"), "quick");
    EXPECT_EQ(summary.at("seed"), 7);
    for (const char* strategy : {"queue", "cas"}) {
        const auto& runs = summary.at("strategies").at(strategy).at("runs").as_array();
        ASSERT_EQ(runs.size(), 1U);
        const auto& run = runs.front();
        EXPECT_EQ(run.at("success_rate").to_number<double>(), 1);
        EXPECT_GT(run.at("iterations").as_int64(), 100);
        EXPECT_EQ(run.at("acknowledged"), run.at("iterations"));
        EXPECT_GT(run.at("claim_p95_ms").as_double(), 0);
        EXPECT_GT(run.at("p95_ms").as_double(), 0);
        for (const char* wrong : {"oversold", "duplicates", "lost", "conflicts"}) EXPECT_EQ(run.at(wrong), 0);
        EXPECT_EQ(run.at("sell_out").at("issued"), 100);
        EXPECT_EQ(run.at("sell_out").at("refused"), 200);
        EXPECT_THAT(text_of(std::string("round-01-") + strategy + ".txt"), HasSubstr("█ TOTAL RESULTS"));
        EXPECT_NO_THROW(boost::json::parse(text_of(std::string("round-01-") + strategy + ".json")));
    }

    const auto folder = dibs({"stats", results()});
    const auto report = dibs({"stats", results() / "report.md"});
    EXPECT_EQ(folder.status, 0) << folder.errors;
    EXPECT_EQ(folder.out, report.out);
    EXPECT_THAT(ran.out, HasSubstr(folder.out));
}

TEST_F(dibs_bench, leaves_no_process_and_no_folder_when_it_is_killed) {
    auto bench = start_program(box, DIBS_PROGRAM, {"bench", "--strategies", "queue", "--out", results()});
    // The first line of progress: the servers, the service and the load are running.
    ASSERT_THAT(bench.read_error_line(sandbox::clock::now() + 60s).value_or(""), HasSubstr("queue"));
    const auto processes = descendants_of(bench.pid());
    ASSERT_GT(processes.size(), 8U) << "six Redis servers, PostgreSQL, two services";
    std::vector<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(box.folder()))
        if (entry.path() != results()) folders.push_back(entry.path());
    ASSERT_FALSE(folders.empty());
    bench.kill();
    EXPECT_THAT(await_gone(processes, sandbox::clock::now() + 60s), IsEmpty());
    for (const auto& folder : folders) EXPECT_TRUE(await_gone(folder, sandbox::clock::now() + 60s)) << folder;
}

TEST_F(dibs_bench, says_what_is_wrong) {
    std::filesystem::create_directory(results());
    std::ofstream(results() / "summary.json") << "{}";
    const auto there = dibs({"bench", "--strategies", "cas", "--out", results()});
    EXPECT_EQ(there.status, 1);
    EXPECT_THAT(there.errors, HasSubstr(results().native()));
    EXPECT_EQ(text_of("summary.json"), "{}");

    const std::vector<std::pair<std::vector<std::string>, const char*>> wrong{
        {{"--strategies", "mutex"}, "mutex"},     {{"--strategies", "cas,cas"}, "twice"},
        {{"--profile", "slow"}, "slow"},          {{"--rounds", "0"}, "0"},
        {{"--redis", "redis://x"}, "--postgres"}, {{"--redlock", "redis://x"}, "--redis"}};
    for (const auto& [words, said] : wrong) {
        auto all = words;
        all.insert(all.begin(), "bench");
        const auto ended = dibs(all);
        EXPECT_EQ(ended.status, 2) << words.back();
        EXPECT_THAT(ended.errors, HasSubstr(said));
    }
}

}  // namespace
}  // namespace dibs::tests
