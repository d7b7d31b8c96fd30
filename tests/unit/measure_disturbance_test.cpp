#include "measure/disturbance.hpp"
#include "measure/trial.hpp"
#include "sandbox/stolen_time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dibs::measure {
namespace {

using namespace std::chrono_literals;
using sandbox::stolen_in;
using testing::HasSubstr;

TEST(stolen_time, is_the_eighth_figure_of_all_processors) {
    EXPECT_EQ(stolen_in("cpu  1 2 3 4 5 6 7 250 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n", 100), 2'500ms);
    EXPECT_EQ(stolen_in("cpu  1 2 3 4 5 6 7\ncpu0 1 2 3 4 5 6 7 8 9 10\n", 100), 0ms);
    EXPECT_EQ(stolen_in("", 100), 0ms);
}

TEST(host_watch, tells_a_share_of_the_time_that_passed) {
    const host_watch host;
    EXPECT_GE(host.stolen_share(), 0);
    EXPECT_LE(host.stolen_share(), 1);
}

TEST(retakes, are_made_of_what_was_disturbed_until_none_is_left) {
    retakes repeated(2);
    EXPECT_FALSE(repeated.again(0));
    EXPECT_FALSE(repeated.again(disturbing_share));
    EXPECT_TRUE(repeated.again(0.04));
    EXPECT_TRUE(repeated.again(1));
    EXPECT_FALSE(repeated.again(1)) << "there were two to spare";
    EXPECT_FALSE(repeated.again(0));
    EXPECT_EQ(repeated.count().again, 2U);
    EXPECT_EQ(repeated.count().kept, 1U);
}

/// A host that leaves the machine alone from the third measurement on.
int measured = 0;
struct busy_host {
    static double stolen_share() { return measured < 3 ? 0.5 : 0; }
};

TEST(retakes, measure_until_the_host_leaves_it_alone) {
    const auto once = [] { return ++measured; };
    measured = 0;
    retakes enough(5, 0ms);
    EXPECT_EQ(enough.undisturbed<busy_host>(once), 3);
    EXPECT_EQ(enough.count().again, 2U);
    measured = 0;
    retakes too_few(1, 0ms);
    EXPECT_EQ(too_few.undisturbed<busy_host>(once), 2);
    EXPECT_EQ(too_few.count().kept, 1U);
}

TEST(disturbance_note, names_what_was_taken_again_and_what_was_kept) {
    figure cycle{"cycle", "us", {{1, 0}}};
    figure line{"line", "us", {{1, 0}}};
    EXPECT_EQ(disturbance_note({cycle, line}), "");
    line.disturbed = {.again = 2};
    EXPECT_THAT(disturbance_note({cycle, line}), HasSubstr("meanwhile: line 2.\n"));
    cycle.disturbed = {.again = 5, .kept = 1};
    EXPECT_THAT(disturbance_note({cycle, line}), HasSubstr("cycle 5, line 2. Disturbed, and kept: cycle 1."));
    EXPECT_THAT(table({cycle, line}), HasSubstr("more than 3 %"));
    EXPECT_THAT(json({cycle}), HasSubstr("\"taken_again\": 5"));
}

}  // namespace
}  // namespace dibs::measure
