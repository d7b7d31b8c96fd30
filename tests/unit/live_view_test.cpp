#include "cli/bench/live_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dibs::cli {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

bench_moment moment() {
    bench_moment now;
    now.profile = "published";
    now.round = 2;
    now.rounds = 10;
    now.run = 11;
    now.runs = 80;
    now.strategy = "fencing";
    now.elapsed = 34s;
    now.length = 80s;
    now.users = 90;
    now.most_users = 100;
    now.claims_per_s = 212;
    now.issued = 8'120;
    now.failed = 3;
    now.left = 101min;
    return now;
}

TEST(live_view, says_where_the_bench_stands) {
    auto now = moment();
    EXPECT_THAT(live_lines(now), ElementsAre("published  round 2 of 10   run 11 of 80   1 h 41 min left",
                                             "fencing    34 of 80 s   90 of 100 users",
                                             "claims     212/s   p95 so far -   8120 issued   3 failed"));
    now.claim_p95_ms = 14.234;
    now.last = "queue in round 2";
    ASSERT_EQ(live_lines(now).size(), 4U);
    EXPECT_THAT(live_lines(now)[2], HasSubstr("p95 so far 14.2 ms"));
    EXPECT_THAT(live_lines(now)[3], HasSubstr("queue in round 2"));
    EXPECT_EQ(live_text(now),
              "round 2/10, fencing: 34 of 80 s, 90 users, 212 claims/s, p95 so far 14.2 ms, 8120 issued, 3 "
              "failed; 1 h 41 min left");
}

TEST(live_view, writes_over_the_lines_that_are_there_and_does_not_wrap) {
    EXPECT_EQ(redrawn(0, {"one", "two"}, 80), "\r\x1b[Jone\ntwo\n");
    EXPECT_EQ(redrawn(2, {"three"}, 3), "\x1b[2A\r\x1b[Jthr\n");
    EXPECT_EQ(redrawn(1, {}, 0), "\x1b[1A\r\x1b[J");
}

TEST(live_view, tells_rough_times) {
    EXPECT_EQ(rough_time(12'400ms), "12 s");
    EXPECT_EQ(rough_time(200s), "3 min 20 s");
    EXPECT_EQ(rough_time(3h + 4min + 50s), "3 h 4 min");
    EXPECT_EQ(rough_time(-1s), "0 s");
}

TEST(live_view, judges_the_rest_by_the_runs_that_were_made) {
    bench_pace pace;
    pace.length = 8s;
    pace.runs_after = 3;
    EXPECT_EQ(pace.left(0s), 40s) << "ten seconds each, before there is a run";
    pace.made = {10s, 14s};
    EXPECT_EQ(pace.left(2s), 46s);
    EXPECT_EQ(pace.left(20s), 36s) << "a run that takes longer than the others";
}

TEST(live_view, writes_no_control_characters_to_a_file) {
    std::FILE* file = std::tmpfile();
    ASSERT_NE(file, nullptr);
    {
        live_view view(file);
        view.show(moment());
    }
    std::rewind(file);
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) EXPECT_TRUE(c >= ' ' || c == '\n');
    std::fclose(file);
}

}  // namespace
}  // namespace dibs::cli
