#include "load/schedule.hpp"
#include "load/stage.hpp"
#include "load/user_turns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace dibs::load {

void PrintTo(const step& shown, std::ostream* out) {
    const char* words[] = {"starts", "stops", "is cut"};
    *out << "user " << shown.user << ' ' << words[static_cast<int>(shown.what)] << " at " << shown.at.count()
         << " ns";
}

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using ::testing::ElementsAre;

const std::vector<stage> published{{10s, 20}, {30s, 100}, {10s, 20}, {30s, 0}};

std::vector<nanoseconds> times(const schedule& plan, std::uint32_t user, turn what) {
    std::vector<nanoseconds> found;
    for (const step& next : plan.steps)
        if (next.user == user && next.what == what) found.push_back(next.at);
    return found;
}

int running_after(const schedule& plan, nanoseconds at) {
    int running = 0;
    for (const step& next : plan.steps) {
        if (next.at > at || next.what == turn::cut) continue;
        running += next.what == turn::start ? 1 : -1;
    }
    return running;
}

TEST(schedule, published_stages_from_zero_have_the_computed_times) {
    const schedule ramp = plan(0, published, grace{});
    EXPECT_THAT(times(ramp, 1, turn::start), ElementsAre(500ms));
    EXPECT_THAT(times(ramp, 20, turn::start), ElementsAre(10s));
    EXPECT_THAT(times(ramp, 21, turn::start), ElementsAre(10375ms));
    EXPECT_THAT(times(ramp, 100, turn::start), ElementsAre(40s));
    EXPECT_THAT(times(ramp, 100, turn::stop), ElementsAre(40125ms));
    EXPECT_THAT(times(ramp, 21, turn::stop), ElementsAre(50s));
    EXPECT_EQ(running_after(ramp, 50s), 20);
    EXPECT_THAT(times(ramp, 20, turn::stop), ElementsAre(51500ms));
    EXPECT_EQ(running_after(ramp, 79999ms), 1);
    EXPECT_EQ(running_after(ramp, 80s), 0);
    EXPECT_EQ(ramp.length, 80s);
    EXPECT_EQ(ramp.peak, 100U);
}

TEST(schedule, published_stages_start_with_one_user) {
    const schedule ramp = plan(1, published, grace{});
    EXPECT_THAT(times(ramp, 1, turn::start), ElementsAre(0s));
    // 10 s − 10 s · 18/19, rounded as integers are
    EXPECT_THAT(times(ramp, 2, turn::start), ElementsAre(10s - nanoseconds(9'473'684'210)));
    EXPECT_THAT(times(ramp, 20, turn::start), ElementsAre(10s));
    EXPECT_THAT(times(ramp, 100, turn::start), ElementsAre(40s));
    EXPECT_THAT(times(ramp, 1, turn::stop), ElementsAre(80s));
    EXPECT_THAT(times(ramp, 1, turn::cut), ElementsAre(90s));
    EXPECT_THAT(times(ramp, 100, turn::cut), ElementsAre(50125ms));
}

TEST(schedule, steps_are_in_order_of_time_and_every_start_has_its_stop) {
    const schedule ramp = plan(1, published, grace{});
    EXPECT_TRUE(std::ranges::is_sorted(ramp.steps, {}, &step::at));
    EXPECT_EQ(std::ranges::count(ramp.steps, turn::start, &step::what), 100);
    EXPECT_EQ(std::ranges::count(ramp.steps, turn::stop, &step::what), 100);
    EXPECT_EQ(std::ranges::count(ramp.steps, turn::cut, &step::what), 100);
}

TEST(schedule, last_started_stops_first) {
    const std::vector<stage> down{{3s, 0}};
    const schedule ramp = plan(3, down, grace{});
    EXPECT_THAT(times(ramp, 3, turn::stop), ElementsAre(1s));
    EXPECT_THAT(times(ramp, 2, turn::stop), ElementsAre(2s));
    EXPECT_THAT(times(ramp, 1, turn::stop), ElementsAre(3s));
}

TEST(schedule, ramping_up_within_the_grace_revives) {
    const std::vector<stage> dip{{2s, 0}, {4s, 2}, {20s, 2}};
    const schedule ramp = plan(2, dip, grace{});
    // user 1 stops at 2 s and would be cut at 12 s, but starts again at 4 s
    EXPECT_THAT(times(ramp, 1, turn::start), ElementsAre(0s, 4s));
    EXPECT_THAT(times(ramp, 1, turn::stop), ElementsAre(2s, 26s));
    EXPECT_THAT(times(ramp, 1, turn::cut), ElementsAre(56s));
    EXPECT_THAT(times(ramp, 2, turn::cut), ElementsAre(56s));
}

TEST(schedule, ramping_up_after_the_grace_starts_anew) {
    const std::vector<stage> gap{{0s, 0}, {30s, 0}, {0s, 1}, {5s, 1}};
    const schedule ramp = plan(1, gap, grace{});
    EXPECT_THAT(ramp.steps,
                ElementsAre(step{0s, 1, turn::start}, step{0s, 1, turn::stop}, step{10s, 1, turn::cut},
                            step{30s, 1, turn::start}, step{35s, 1, turn::stop}, step{65s, 1, turn::cut}));
}

TEST(schedule, stage_without_length_is_a_jump) {
    const std::vector<stage> jump{{1s, 0}, {0s, 3}, {2s, 3}, {0s, 1}, {1s, 1}};
    const schedule ramp = plan(0, jump, grace{});
    EXPECT_EQ(running_after(ramp, 999ms), 0);
    EXPECT_EQ(running_after(ramp, 1s), 3);
    EXPECT_EQ(running_after(ramp, 2999ms), 3);
    EXPECT_EQ(running_after(ramp, 3s), 1);
    EXPECT_EQ(ramp.length, 4s);
    EXPECT_EQ(running_after(ramp, 4s), 0);
}

TEST(schedule, equal_targets_keep_the_users) {
    const std::vector<stage> flat{{5s, 4}};
    const schedule ramp = plan(4, flat, grace{});
    EXPECT_EQ(std::ranges::count(ramp.steps, 0s, &step::at), 4);
    EXPECT_EQ(running_after(ramp, 4999ms), 4);
    EXPECT_THAT(times(ramp, 4, turn::stop), ElementsAre(5s));
    EXPECT_THAT(times(ramp, 4, turn::cut), ElementsAre(35s));
}

TEST(schedule, no_cut_is_later_than_the_end_of_the_run) {
    const std::vector<stage> down{{1s, 0}};
    const schedule ramp = plan(1, down, grace{10s, 2s});
    EXPECT_THAT(times(ramp, 1, turn::cut), ElementsAre(3s));
}

TEST(schedule, long_ramps_do_not_overflow) {
    const std::vector<stage> week{{std::chrono::hours(168), 100'000}};
    const schedule ramp = plan(0, week, grace{});
    EXPECT_THAT(times(ramp, 100'000, turn::start), ElementsAre(std::chrono::hours(168)));
    EXPECT_THAT(times(ramp, 50'000, turn::start), ElementsAre(std::chrono::hours(84)));
}

TEST(user_turns, stops_between_iterations_and_is_revived) {
    user_turns user;
    EXPECT_EQ(user.apply(turn::start), user_turns::action::launch);
    EXPECT_EQ(user.apply(turn::stop), user_turns::action::none);
    EXPECT_FALSE(user.goes_on());
    EXPECT_EQ(user.apply(turn::start), user_turns::action::none);
    EXPECT_TRUE(user.goes_on());
}

TEST(user_turns, cut_interrupts_only_who_has_not_finished) {
    user_turns user;
    user.apply(turn::start);
    user.apply(turn::stop);
    EXPECT_EQ(user.apply(turn::cut), user_turns::action::interrupt);
    EXPECT_EQ(user.ended(), user_turns::action::none);
    EXPECT_EQ(user.apply(turn::cut), user_turns::action::none);
    EXPECT_FALSE(user.alive());
}

TEST(user_turns, start_that_meets_an_ending_coroutine_is_not_lost) {
    user_turns user;
    user.apply(turn::start);
    user.apply(turn::stop);
    user.apply(turn::cut);
    EXPECT_EQ(user.apply(turn::start), user_turns::action::none);
    EXPECT_EQ(user.ended(), user_turns::action::launch);
}

TEST(parse_duration, reads_numbers_with_units) {
    EXPECT_EQ(parse_duration("10s"), 10s);
    EXPECT_EQ(parse_duration("1m30s"), 90s);
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("1.5h"), 90min);
    EXPECT_EQ(parse_duration("0s"), 0s);
    EXPECT_EQ(parse_duration("0"), 0s);
    EXPECT_EQ(parse_duration("0.1s"), 100ms);
}

TEST(parse_duration, refuses_everything_else) {
    for (const char* text :
         {"", "10", "s", "10 s", "-1s", "1e3s", "10sec", "inf s", "1s2", "1000h", "1.2.3s", "nan"})
        EXPECT_THROW(parse_duration(text), bad_scenario) << text;
}

TEST(parse_stage, reads_length_and_target) {
    const stage read = parse_stage("1m30s:100");
    EXPECT_EQ(read.length, 90s);
    EXPECT_EQ(read.target, 100U);
    for (const char* text : {"10s", "10s:", ":5", "10s:-1", "10s:5x", "10s:100001", "10s:1.5"})
        EXPECT_THROW(parse_stage(text), bad_scenario) << text;
}

}  // namespace
}  // namespace dibs::load
