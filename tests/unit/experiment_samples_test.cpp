// What is noted of a run while it happens.
#include "experiment/fairness.hpp"
#include "experiment/run_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dibs::experiment {
namespace {

using namespace std::chrono_literals;
using load::outcome;
using load::request_name;

load::request_record request(request_name name, int status, std::chrono::milliseconds took) {
    load::request_record made;
    made.name = name;
    made.status = status;
    made.took = took;
    return made;
}

TEST(run_samples, counts_by_the_second_in_which_it_ended) {
    run_samples samples;
    samples.users(100ms, 3);
    samples.requested(200ms, request(request_name::sign_up, 201, 4ms));
    samples.requested(300ms, request(request_name::claim, 201, 10ms));
    samples.claimed(300ms, outcome::issued, 10ms);
    samples.requested(2'100ms, request(request_name::claim, 409, 20ms));
    samples.claimed(2'100ms, outcome::sold_out, 20ms);
    samples.requested(2'200ms, request(request_name::claim, 503, 900ms));
    samples.claimed(2'200ms, outcome::lock_timeout, 900ms);
    samples.requested(2'300ms, request(request_name::sign_up, 500, 1ms));
    samples.claim_in_doubt(2'400ms);
    const auto seconds = samples.seconds();
    ASSERT_EQ(seconds.size(), 3U);
    EXPECT_EQ(seconds[0].users, 3U);
    EXPECT_EQ(seconds[0].requests, 2U);
    EXPECT_EQ(seconds[0].issued, 1U);
    EXPECT_NEAR(seconds[0].claim_p95_ms.value_or(0), 10, 0.1);
    EXPECT_EQ(seconds[1].t, 1);
    EXPECT_EQ(seconds[1].users, 3U) << "nobody said that they had gone";
    EXPECT_EQ(seconds[1].requests, 0U);
    EXPECT_FALSE(seconds[1].claim_p50_ms);
    EXPECT_EQ(seconds[2].requests, 3U);
    EXPECT_EQ(seconds[2].refused, 1U);
    EXPECT_EQ(seconds[2].failed, 3U);
    EXPECT_EQ(seconds[2].claims, 3U) << "a sign-up is none";
    EXPECT_EQ(samples.last_second().t, 1) << "the last that is whole";

    const auto& latencies = samples.latencies();
    EXPECT_EQ(latencies.request.count(), 5U);
    EXPECT_EQ(latencies.sign_up.count(), 2U);
    EXPECT_EQ(latencies.claim.count(), 3U);
    EXPECT_EQ(latencies.claim.max(), 900);
    EXPECT_EQ(latencies.claim_issued.count(), 1U);
}

TEST(fairness, is_perfect_when_all_are_served_in_their_order) {
    std::vector<claim_times> claims;
    for (int i = 0; i < 50; ++i) claims.push_back({i * 1ms, (i + 5) * 1ms});
    const auto found = fairness_of(claims);
    EXPECT_EQ(found.overtaken_share, 0);
    EXPECT_EQ(found.overtaken_max, 0U);
}

TEST(fairness, counts_those_sent_later_and_issued_earlier) {
    // The first waits for all; the third is overtaken by the fourth; told in another order than sent.
    const auto found = fairness_of({{3ms, 6ms}, {0ms, 10ms}, {1ms, 5ms}, {2ms, 7ms}});
    EXPECT_EQ(found.overtaken_share, 0.5);
    EXPECT_EQ(found.overtaken_mean, 1);  // (3 + 0 + 1 + 0) / 4
    EXPECT_EQ(found.overtaken_max, 3U);
}

TEST(fairness, a_wait_in_vain_is_overtaken_and_overtakes_nobody) {
    const auto starved = fairness_of({{0ms, 100ms, grant::refused}, {1ms, 5ms}, {2ms, 6ms}});
    EXPECT_EQ(starved.overtaken_max, 2U);
    const auto refused_early = fairness_of({{0ms, 100ms}, {1ms, 5ms, grant::refused}});
    EXPECT_EQ(refused_early.overtaken_max, 0U);
}

TEST(fairness, shows_waits_by_arrival_in_a_hundred_stretches_at_most) {
    std::vector<claim_times> claims;
    for (int i = 0; i < 1'000; ++i)
        claims.push_back({10s + i * 10ms, 10s + i * 10ms + (i < 500 ? 1ms : 8ms)});
    const auto found = fairness_of(claims);
    ASSERT_EQ(found.by_arrival.size(), most_stretches);
    EXPECT_EQ(found.by_arrival.front().from_s, 10);
    EXPECT_NEAR(found.by_arrival.front().max_ms, 1, 0.01);
    EXPECT_NEAR(found.by_arrival.back().p50_ms, 8, 0.05);
    EXPECT_EQ(fairness_of({{5s, 6s}}).by_arrival.size(), 1U);
    EXPECT_TRUE(fairness_of({}).by_arrival.empty());
}

}  // namespace
}  // namespace dibs::experiment
