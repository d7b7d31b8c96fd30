#include "locks/backoff.hpp"
#include "locks/ballot.hpp"
#include "locks/lease_end.hpp"
#include "locks/validity.hpp"

#include <gtest/gtest.h>

#include <random>

namespace dibs::locks {
namespace {

using namespace std::chrono_literals;

TEST(backoff, stays_between_base_and_a_cap_in_proportion_to_the_wait) {
    std::minstd_rand random(7);
    backoff pauses;
    for (auto waited = 0us; waited < 4s; waited += 10ms) {
        const auto pause = pauses.next(random, waited);
        EXPECT_GE(pause, backoff::highest_base);
        EXPECT_LE(pause, std::max<std::chrono::microseconds>(backoff::lowest_cap, waited / 8));
        EXPECT_LE(pause, backoff::highest_cap);
    }
}

TEST(backoff, looks_often_where_locks_are_held_briefly_and_still_waits_longer_for_a_long_hold) {
    std::minstd_rand random(7);
    backoff pauses(2ms);
    for (int i = 0; i < 100; ++i) {
        const auto pause = pauses.next(random, 1ms);
        EXPECT_GE(pause, 125us);
        EXPECT_LE(pause, 250us);
    }
    backoff::microseconds longest{};
    for (int i = 0; i < 100; ++i) longest = std::max(longest, pauses.next(random, 2s));
    EXPECT_GT(longest, 100ms);
    EXPECT_LE(longest, backoff::highest_cap);
}

TEST(hold_estimate, follows_what_was_seen_and_is_not_led_astray_by_one) {
    hold_estimate holds;
    EXPECT_FALSE(holds.usual());
    holds.observe(1ms);
    EXPECT_EQ(holds.usual(), 1ms);
    holds.observe(9ms);
    EXPECT_EQ(holds.usual(), 2ms);
    for (int i = 0; i < 100; ++i) holds.observe(9ms);
    EXPECT_GT(holds.usual(), 8900us);
}

TEST(backoff, is_decorrelated) {
    std::minstd_rand one(1);
    std::minstd_rand other(2);
    backoff first;
    backoff second;
    int equal = 0;
    for (int i = 0; i < 100; ++i) equal += first.next(one, 10s) == second.next(other, 10s) ? 1 : 0;
    EXPECT_LT(equal, 10);
}

TEST(ballot, decides_at_quorum_without_the_slow) {
    ballot votes(5);
    votes.grant();
    votes.grant();
    EXPECT_EQ(votes.result(), ballot::verdict::open);
    votes.grant();
    EXPECT_EQ(votes.result(), ballot::verdict::granted);
}

TEST(ballot, two_of_five_may_fail) {
    ballot votes(5);
    votes.fail();
    votes.fail();
    votes.grant();
    votes.grant();
    EXPECT_EQ(votes.result(), ballot::verdict::open);
    votes.grant();
    EXPECT_EQ(votes.result(), ballot::verdict::granted);
}

TEST(ballot, tells_a_majority_that_refused_from_one_that_cannot_be_had) {
    ballot votes(5);
    votes.refuse();
    votes.refuse();
    votes.fail();
    EXPECT_EQ(votes.result(), ballot::verdict::refused);
    EXPECT_FALSE(votes.majority_refused());
    votes.refuse();
    EXPECT_TRUE(votes.majority_refused());
}

TEST(ballot, has_heard_a_majority_whatever_it_said) {
    ballot votes(5);
    votes.grant();
    votes.refuse();
    votes.fail();
    EXPECT_FALSE(votes.heard_majority());
    votes.grant();
    EXPECT_TRUE(votes.heard_majority());
    EXPECT_EQ(votes.result(), ballot::verdict::open) << "the fifth may still decide";
}

TEST(ballot, a_majority_that_failed_is_a_fault_not_contention) {
    ballot votes(5);
    votes.refuse();
    votes.fail();
    votes.fail();
    EXPECT_EQ(votes.result(), ballot::verdict::refused);  // the others may still be had, in another round
    votes.fail();
    EXPECT_EQ(votes.result(), ballot::verdict::failed);
}

TEST(ballot, is_refused_once_no_majority_can_be_had) {
    ballot votes(5);
    votes.refuse();
    votes.refuse();
    EXPECT_EQ(votes.result(), ballot::verdict::open);
    votes.refuse();
    EXPECT_EQ(votes.result(), ballot::verdict::refused);
}

TEST(validity, is_counted_from_before_the_request_less_a_margin) {
    const deadline sent{1000s};
    EXPECT_EQ(valid_until(sent, 10s), sent + 10s - 100ms - 2ms);
}

TEST(lease_end, is_moved_by_the_renewal_that_was_asked_for_last) {
    const deadline now{1000s};
    lease_end end(now + 10s);
    EXPECT_EQ(end.asked(), 0U);
    const auto longer = end.ask(60s, now);
    EXPECT_EQ(end.get(), now + 10s) << "not granted yet";
    const auto shorter = end.ask(5s, now);
    EXPECT_EQ(end.get(), valid_until(now, 5s)) << "it may have been carried out";
    EXPECT_FALSE(end.granted(longer));
    EXPECT_EQ(end.get(), valid_until(now, 5s));
    EXPECT_TRUE(end.granted(shorter));
    EXPECT_TRUE(end.granted(end.ask(30s, now + 1s)));
    EXPECT_EQ(end.get(), valid_until(now + 1s, 30s));
    EXPECT_EQ(end.asked(), 3U);
}

TEST(server_clock, bounds_a_pushed_expiry_from_below) {
    server_clock clock;
    EXPECT_FALSE(clock.earliest(5'000'000));
    const deadline sent{1000s};
    clock.observe(sent, 4'000'000);
    // Read after `sent`, so the server's clock shows 5 s at the earliest a second later.
    EXPECT_EQ(clock.earliest(5'000'000), sent + 1s);
}

}  // namespace
}  // namespace dibs::locks
