// `dibs bench` as its users see it, and `dibs stats` on what it wrote.
#include "tests/support/processes.hpp"
#include "tests/support/run_program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

/// `ROUND POSITION STRATEGY` of every run that a summary lists, in the order of the rounds.
std::vector<std::string> runs_in(const boost::json::value& summary) {
    std::vector<std::string> all;
    for (const auto& [name, strategy] : summary.at("strategies").as_object())
        for (const auto& run : strategy.at("runs").as_array())
            all.push_back(std::to_string(run.at("round").as_int64()) + " " +
                          std::to_string(run.at("position").as_int64()) + " " + std::string(name));
    std::ranges::sort(all);
    return all;
}

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

    boost::json::value json_of(const std::string& name) const { return boost::json::parse(text_of(name)); }

    /// What was observed of the run of a strategy, in which so many claims were issued.
    void check_measures(const std::string& strategy, std::int64_t issued) const {
        const auto run = json_of("round-01-" + strategy + ".json").at("dibs");
        EXPECT_EQ(run.at("latencies").at("claim_issued").at("count"), issued);
        EXPECT_GE(run.at("latencies").at("request").at("count").as_int64(), 2 * issued);
        std::int64_t in_seconds = 0;
        std::int64_t most_users = 0;
        for (const auto& second : run.at("seconds").as_array()) {
            in_seconds += second.at("issued").as_int64();
            most_users = std::max(most_users, second.at("users").as_int64());
        }
        EXPECT_EQ(in_seconds, issued);
        EXPECT_GT(most_users, 0);
        EXPECT_TRUE(run.at("generator").at("was_bottleneck").is_bool());
        EXPECT_GT(run.at("fairness").at("by_arrival").as_array().size(), 0U);
        for (const char* party : {"generator", "service", "postgresql", "redis"})
            EXPECT_GT(run.at("cpu_s").at(party).to_number<double>(), 0) << party;
        EXPECT_GE(run.at("cpu_s").at("stolen").to_number<double>(), 0);
        EXPECT_EQ(run.at("lock").is_null(), strategy == "cas");
        if (strategy == "cas") return;
        EXPECT_EQ(run.at("lock").at("acquired"), issued) << "of both processes";
        EXPECT_EQ(run.at("lock").at("wait").at("count"), issued);
        EXPECT_EQ(run.at("lock").at("hold").at("count"), issued);
        EXPECT_GE(run.at("lock").at("tries").as_int64(), issued);
    }

    sandbox::supervisor box;
};

TEST_F(dibs_bench, measures_and_leaves_results_that_stats_reads_back) {
    const auto ran =
        dibs({"bench", "--profile", "smoke", "--strategies", "queue,cas", "--seed", "7", "--out", results()});
    ASSERT_EQ(ran.status, 0) << ran.out << ran.errors;
    EXPECT_THAT(ran.out, HasSubstr("| **queue** "));
    EXPECT_THAT(ran.out, HasSubstr("| **cas** "));
    EXPECT_THAT(ran.out, HasSubstr("claim p95, ms"));
    EXPECT_THAT(ran.out, HasSubstr("The database holds exactly the "));

    const auto summary = json_of("summary.json");
    EXPECT_EQ(summary.at("format"), 2);
    EXPECT_EQ(summary.at("profile"), "smoke");
    EXPECT_EQ(summary.at("seed"), 7);
    EXPECT_EQ(summary.at("finished"), true);
    EXPECT_EQ(std::string(summary.at("command").as_string()),
              "dibs bench --profile smoke --strategies queue,cas --seed 7 --out " + results().native());
    EXPECT_EQ(summary.at("service").at("processes"), 2);
    EXPECT_EQ(summary.at("scenario").at("executor"), "ramping-vus");
    for (const char* known : {"kernel", "os", "redis", "postgresql", "compiler"})
        EXPECT_FALSE(summary.at("machine").at(known).as_string().empty()) << known;
    for (const char* strategy : {"queue", "cas"}) {
        const auto& runs = summary.at("strategies").at(strategy).at("runs").as_array();
        ASSERT_EQ(runs.size(), 1U);
        const auto& run = runs.front();
        EXPECT_EQ(run.at("success_rate").to_number<double>(), 1);
        EXPECT_GT(run.at("iterations").as_int64(), 10);
        EXPECT_EQ(run.at("issued"), run.at("acknowledged"));
        EXPECT_EQ(run.at("correct"), true);
        EXPECT_EQ(run.at("acknowledged"), run.at("iterations"));
        EXPECT_GT(run.at("claim_p95_ms").as_double(), 0);
        EXPECT_GT(run.at("p95_ms").as_double(), 0);
        for (const char* wrong : {"oversold", "duplicates", "lost", "conflicts"}) EXPECT_EQ(run.at(wrong), 0);
        EXPECT_EQ(run.at("sell_out").at("issued"), 100);
        EXPECT_EQ(run.at("sell_out").at("refused"), 200);
        EXPECT_THAT(text_of(std::string("round-01-") + strategy + ".txt"), HasSubstr("█ TOTAL RESULTS"));
        check_measures(strategy, run.at("issued").as_int64());
    }

    const auto folder = dibs({"stats", results()});
    const auto report = dibs({"stats", results() / "report.md"});
    EXPECT_EQ(folder.status, 0) << folder.errors;
    EXPECT_EQ(folder.out, report.out);
    EXPECT_THAT(ran.out, HasSubstr(folder.out));
}

TEST_F(dibs_bench, leaves_no_process_and_no_folder_when_it_is_killed) {
    auto bench = start_program(
        box, DIBS_PROGRAM,
        {"bench", "--profile", "smoke", "--rounds", "100", "--strategies", "queue", "--out", results()});
    // The first of many runs is over: the servers and the service are running.
    ASSERT_TRUE(await_there(results() / "round-01-queue.txt", sandbox::clock::now() + 3min));
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

TEST_F(dibs_bench, goes_on_where_it_was_interrupted) {
    auto bench = start_program(box, DIBS_PROGRAM,
                               {"bench", "--profile", "smoke", "--rounds", "2", "--strategies",
                                "queue,cas,database", "--seed", "1", "--out", results()});
    const auto minutes = sandbox::clock::now() + 3min;
    ASSERT_TRUE(await_there(results() / "summary.json", minutes));
    const auto order = json_of("summary.json").at("order");
    const auto& first_round = order.at(0).as_array();
    const auto name = [](const boost::json::value& text) { return std::string(text.as_string()); };
    ASSERT_TRUE(await_there(results() / ("round-01-" + name(first_round[0]) + ".txt"), minutes));
    bench.signal(SIGINT);
    const auto said = bench.read_all_errors(minutes);
    EXPECT_EQ(end_of(bench).code(), 105) << said;
    EXPECT_THAT(said, HasSubstr("dibs bench --resume " + results().native()));
    const auto left = json_of("summary.json");
    EXPECT_EQ(left.at("finished"), false);
    EXPECT_EQ(runs_in(left), (std::vector<std::string>{"1 1 " + name(first_round[0])}));
    EXPECT_THAT(text_of("report.md"), HasSubstr("5 runs are missing"));
    const auto kept = text_of("round-01-" + name(first_round[0]) + ".json");

    const auto ran = dibs({"bench", "--resume", results()});
    ASSERT_EQ(ran.status, 0) << ran.out << ran.errors;
    const auto whole = json_of("summary.json");
    EXPECT_EQ(whole.at("finished"), true);
    for (const auto& [strategy, of] : whole.at("strategies").as_object()) {
        double sum = 0;
        for (const auto& run : of.at("runs").as_array()) sum += run.at("p95_ms").to_number<double>();
        EXPECT_THAT(ran.out,
                    HasSubstr(fmt::format("{:<10} {:>6} {:>10.1f} ", std::string(strategy), 2, sum / 2)))
            << "the median of two";
    }
    EXPECT_EQ(whole.at("order"), order);
    EXPECT_EQ(whole.at("command"), left.at("command"));
    std::vector<std::string> planned;
    for (int round = 1; round <= 2; ++round)
        for (int place = 1; place <= 3; ++place)
            planned.push_back(
                std::to_string(round) + " " + std::to_string(place) + " " +
                name(order.at(static_cast<std::size_t>(round - 1)).at(static_cast<std::size_t>(place - 1))));
    EXPECT_EQ(runs_in(whole), planned) << "each once";
    EXPECT_EQ(text_of("round-01-" + name(first_round[0]) + ".json"), kept) << "made anew";
    const auto again = dibs({"bench", "--resume", results()});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.errors, HasSubstr("nothing to go on with"));
}

TEST_F(dibs_bench, does_not_go_on_with_what_another_version_began) {
    std::filesystem::create_directory(results());
    const auto nothing = dibs({"bench", "--resume", results()});
    EXPECT_EQ(nothing.status, 1);
    EXPECT_THAT(nothing.errors, HasSubstr("no summary.json"));
    std::ofstream(results() / "summary.json") << R"({"format": 2, "profile": "smoke", "seed": 1,
        "command": "dibs bench", "version": "0.0.1", "started": "2026-11-28T12:00:00Z", "finished": false,
        "machine": {"cpu": "another", "cores": 1, "memory_mib": 1, "kernel": "", "os": "", "redis": "",
                    "postgresql": "", "compiler": ""},
        "service": {"processes": 2}, "servers": "ours", "rounds": 1, "order": [["cas"]],
        "strategies": {"cas": {"runs": []}}})";
    const auto before = text_of("summary.json");
    const auto other = dibs({"bench", "--resume", results()});
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.errors, HasSubstr("dibs was 0.0.1, now "));
    EXPECT_THAT(other.errors, HasSubstr("the kernel was "));
    EXPECT_EQ(text_of("summary.json"), before);
}

TEST_F(dibs_bench, finds_the_capacity_of_a_strategy) {
    const auto ran =
        dibs({"bench",        "--capacity", "--strategies", "cas",       "--p99",
              "500ms",        "--step",     "200ms",        "--repeats", "2",
              "--first-rate", "200",        "--precision",  "1",         "--connections",
              "20",           "--out",      results(),      "--json",    box.folder() / "copy.json"});
    ASSERT_EQ(ran.status, 0) << ran.out << ran.errors;
    EXPECT_THAT(ran.out, HasSubstr("| cas "));
    const auto found = json_of("capacity.json");
    EXPECT_EQ(found.at("format"), 1);
    EXPECT_EQ(found.at("p99_ms").to_number<double>(), 500);
    EXPECT_EQ(found.at("connections"), 20);
    const auto& cas = found.at("strategies").at("cas");
    ASSERT_EQ(cas.at("repeats").as_array().size(), 2U);
    const auto median = cas.at("rate").at("median").to_number<double>();
    EXPECT_GT(median, 0);
    bool held = false;
    for (const auto& step : cas.at("curve").as_array())
        if (step.at("held").as_bool()) {
            held = held || step.at("rate").to_number<double>() == median;
            EXPECT_LT(step.at("p99_ms").to_number<double>(), 500);
            EXPECT_EQ(step.at("dropped"), 0);
        }
    EXPECT_TRUE(held);
    std::ifstream copy(box.folder() / "copy.json");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(copy), {}), text_of("capacity.json"));
    const auto again = dibs({"bench", "--capacity", "--strategies", "cas", "--out", results()});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.errors, HasSubstr("capacity.json already"));
}

TEST_F(dibs_bench, says_what_is_wrong) {
    std::filesystem::create_directory(results());
    std::ofstream(results() / "summary.json") << "{}";
    const auto there = dibs({"bench", "--strategies", "cas", "--out", results()});
    EXPECT_EQ(there.status, 1);
    EXPECT_THAT(there.errors, HasSubstr(results().native()));
    EXPECT_EQ(text_of("summary.json"), "{}");

    const std::vector<std::pair<std::vector<std::string>, const char*>> wrong{
        {{"--strategies", "mutex"}, "mutex"},
        {{"--strategies", "cas,cas"}, "twice"},
        {{"--profile", "slow"}, "slow"},
        {{"--rounds", "0"}, "0"},
        {{"--redis", "redis://x"}, "--postgres"},
        {{"--redlock", "redis://x"}, "--redis"},
        {{"--resume", "x", "--seed", "1"}, "--seed"},
        {{"--capacity", "--claims"}, "--claims"},
        {{"--capacity", "--step", "soon"}, "--step"},
        {{"--capacity", "--step", "61s"}, "a minute at most"},
        {{"--capacity", "--profile", "smoke"}, "--profile"},
        {{"--claims", "--strategies", "cas"}, "--only"},
        {{"--claims", "--out", "x"}, "--json"},
        {{"--p99", "1ms"}, "--capacity"},
        {{"--capacity", "--seed", "1"}, "--seed"},
        {{"--json", "x"}, "--claims or --capacity"}};
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
