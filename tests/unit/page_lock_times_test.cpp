#include "page/lock_recorder.hpp"

#include <gtest/gtest.h>

namespace dibs::page {
namespace {

using namespace std::chrono_literals;
using outcome = acquisition::outcome;

/// A process that holds a lock now and then.
class lock_recording : public testing::Test {
   protected:
    void acquire(outcome ended, std::chrono::nanoseconds wait, int tries) {
        recorder.acquired({name, algorithm::queue, ended, wait, tries, handoff::none});
    }
    void hold(std::chrono::nanoseconds time) {
        recorder.held({name, algorithm::queue, hold_end::how::released, time});
    }
    lock_times now() const { return recorder.so_far().at(algorithm::queue); }

    lock_name name{"coupon:1"};
    lock_recorder recorder;
};

TEST_F(lock_recording, tells_waits_holds_and_tries_by_algorithm) {
    acquire(outcome::granted, 4ms, 3);
    hold(1ms);
    acquire(outcome::busy, 10s, 0);
    acquire(outcome::failed, 1ms, 0);
    EXPECT_EQ(recorder.so_far().size(), 1U);
    EXPECT_EQ(now().wait.count(), 2U) << "a wait in vain is a wait";
    EXPECT_EQ(now().wait.max(), 10'000);
    EXPECT_EQ(now().hold.count(), 1U);
    EXPECT_EQ(now().tries, 3U);
    EXPECT_EQ(now().acquired, 1U);
    EXPECT_EQ(now().timed_out, 1U);
    EXPECT_EQ(now().failed, 1U);
}

TEST_F(lock_recording, is_read_back_from_json) {
    acquire(outcome::granted, 4ms, 1);
    hold(1ms);
    EXPECT_EQ(lock_times_from(to_json(recorder.so_far())), recorder.so_far());
    EXPECT_TRUE(lock_times_from("{}").empty());
    EXPECT_ANY_THROW(lock_times_from(R"({"mutex":{}})"));
    EXPECT_ANY_THROW(lock_times_from("no JSON"));
}

TEST_F(lock_recording, the_difference_of_two_readings_is_what_came_between) {
    acquire(outcome::granted, 4ms, 1);
    hold(1ms);
    const auto before = now();
    acquire(outcome::granted, 4ms, 2);
    acquire(outcome::granted, 64ms, 5);
    hold(2ms);
    const auto between = now().since(before);
    EXPECT_EQ(between.wait.count(), 2U);
    EXPECT_NEAR(between.wait.min(), 4, 0.02);
    EXPECT_NEAR(between.wait.max(), 64, 0.2);
    EXPECT_NEAR(between.wait.sum(), 68, 1e-6);
    EXPECT_NEAR(between.hold.percentile(0.5), 2, 0.01);
    EXPECT_EQ(between.tries, 7U);
    EXPECT_EQ(between.acquired, 2U);
    // One sample at any place of a bucket.
    for (double ms = 0.01; ms < 100; ms *= 1.0037) {
        const auto earlier = now();
        hold(std::chrono::nanoseconds(static_cast<std::int64_t>(ms * 1e6)));
        EXPECT_NEAR(now().since(earlier).hold.sum(), ms, 0.004 * ms + 1e-6);
    }
    EXPECT_TRUE(now().since(now()).wait.empty());
    EXPECT_EQ(before.since({}), before);
    EXPECT_THROW(before.since(now()), std::invalid_argument);
}

TEST_F(lock_recording, processes_are_added_up) {
    acquire(outcome::granted, 4ms, 1);
    auto sum = now();
    sum.merge(now());
    EXPECT_EQ(sum.wait.count(), 2U);
    EXPECT_EQ(sum.tries, 2U);
    EXPECT_EQ(sum.acquired, 2U);
}

}  // namespace
}  // namespace dibs::page
