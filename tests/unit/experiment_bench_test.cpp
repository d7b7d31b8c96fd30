// What a bench keeps of itself so that it can go on, and when it may.
#include "experiment/bench_outline.hpp"
#include "experiment/cpu_time.hpp"
#include "report/json_text.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dibs::experiment {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

run_outline outline(int round, int position, std::string strategy) {
    run_outline made;
    made.round = round;
    made.position = position;
    made.strategy = std::move(strategy);
    made.success_rate = 0.5;
    made.p95_ms = 1.25;
    made.claim_p95_ms = 2.5;
    made.issued_per_s = 61.5;
    made.duration_s = 8;
    made.claims = 492;
    made.miscounted = 3;
    made.sell_out = {100, 200, 0};
    made.correct = true;
    made.thresholds_met = true;
    return made;
}

/// Two rounds, of which the second was interrupted.
class interrupted_bench : public testing::Test {
   protected:
    interrupted_bench() {
        bench.ran = profile_named("quick").value();
        bench.ran.rounds = 2;
        bench.seed = 7;
        bench.order = {{"queue", "cas"}, {"cas", "queue"}};
        bench.command = "dibs bench";
        bench.version = "1.2.3";
        bench.started = "2026-11-28T12:00:00Z";
        bench.on = {"a processor", 2, 8'000, "Linux 6", "Debian 12", "7.0", "15.1", "g++ 12"};
        bench.processes = 2;
        bench.runs = {outline(1, 1, "queue"), outline(1, 2, "cas"), outline(2, 1, "cas")};
    }
    bench_outline bench;
};

TEST_F(interrupted_bench, knows_what_is_missing_in_its_order) {
    EXPECT_THAT(bench.missing(), ElementsAre(planned_run{2, 2, "queue"}));
    EXPECT_FALSE(bench.finished());
    bench.runs.erase(bench.runs.begin());
    EXPECT_THAT(bench.missing(), ElementsAre(planned_run{1, 1, "queue"}, planned_run{2, 2, "queue"}));
    bench.runs.push_back(outline(1, 1, "queue"));
    bench.runs.push_back(outline(2, 2, "queue"));
    EXPECT_TRUE(bench.finished());
}

TEST_F(interrupted_bench, is_read_back_as_it_was_written) {
    const auto text = report::json_text(json_of(bench));
    const auto read = bench_outline_from(text);
    EXPECT_EQ(report::json_text(json_of(read)), text);
    EXPECT_EQ(read.missing(), bench.missing());
    EXPECT_EQ(read.ran.stages.size(), bench.ran.stages.size());
    EXPECT_EQ(read.on, bench.on);
    ASSERT_EQ(read.runs.size(), 3U);
    EXPECT_EQ(read.runs[2].strategy, "cas");
    EXPECT_EQ(read.runs[2].claim_p95_ms, 2.5);
    EXPECT_EQ(read.runs[2].sell_out.refused, 200);
    EXPECT_TRUE(read.runs[2].correct);
}

TEST_F(interrupted_bench, is_told_apart_from_other_files) {
    const auto failure = [](const std::string& text) -> std::string {
        try {
            bench_outline_from(text);
        } catch (const std::runtime_error& wrong) {
            return wrong.what();
        }
        return "read";
    };
    EXPECT_THAT(failure("{}"), HasSubstr("format 2"));
    EXPECT_THAT(failure("{"), HasSubstr("no summary of a bench"));
    auto cut = json_of(bench);
    cut.erase("order");
    EXPECT_THAT(failure(report::json_text(cut)), HasSubstr("no summary of a bench"));
}

TEST_F(interrupted_bench, goes_on_only_where_runs_are_comparable) {
    EXPECT_THAT(differences(bench, bench).that_matter, IsEmpty());
    EXPECT_THAT(differences(bench, bench).to_be_told, IsEmpty());
    auto now = bench;
    now.on.kernel = "Linux 7";
    now.on.memory_mib = 4'000;
    EXPECT_THAT(differences(bench, now).that_matter, IsEmpty());
    EXPECT_EQ(differences(bench, now).to_be_told.size(), 2U);

    const auto spoil = [&](auto change) {
        auto other = bench;
        change(other);
        return differences(bench, other).that_matter;
    };
    EXPECT_THAT(spoil([](auto& other) { other.version = "2.0.0"; }),
                ElementsAre(HasSubstr("1.2.3, now 2.0.0")));
    EXPECT_THAT(spoil([](auto& other) { other.on.cpu = "another"; }), ElementsAre(HasSubstr("processor")));
    EXPECT_THAT(spoil([](auto& other) { other.on.cores = 64; }), ElementsAre(HasSubstr("cores")));
    EXPECT_THAT(spoil([](auto& other) { other.on.redis = "8"; }), ElementsAre(HasSubstr("Redis")));
    EXPECT_THAT(spoil([](auto& other) { other.on.postgresql = "16"; }), ElementsAre(HasSubstr("PostgreSQL")));
    EXPECT_THAT(spoil([](auto& other) { other.processes = 3; }), ElementsAre(HasSubstr("processes")));
    EXPECT_THAT(spoil([](auto& other) { other.servers = server_owner::given; }),
                ElementsAre(HasSubstr("leave out --redis")));
}

TEST(machine, is_read_from_what_the_system_says) {
    EXPECT_EQ(
        value_in("processor\t: 0\nmodel name\t: Some CPU @ 2.0: GHz\nmodel name\t: Another\n", "model name"),
        "Some CPU @ 2.0: GHz");
    EXPECT_EQ(value_in("NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n", "PRETTY_NAME"),
              "Debian GNU/Linux 12");
    EXPECT_EQ(value_in("# Server\r\nredis_version:7.0.15\r\n", "redis_version"), "7.0.15");
    EXPECT_EQ(value_in("a: b", "c"), "");
    const auto here = this_machine();
    EXPECT_GT(here.cores, 0);
    EXPECT_GT(here.memory_mib, 100);
    EXPECT_THAT(here.kernel, HasSubstr("Linux"));
}

}  // namespace
}  // namespace dibs::experiment
