#include "load/burst.hpp"
#include "tests/support/coupon_stand_in.hpp"
#include "tests/support/run_task.hpp"

#include <dibs/error.hpp>

#include <gtest/gtest.h>

#include <set>

namespace dibs::load {
namespace {

using tests::answer;
using tests::run_task;

class load_burst : public testing::Test {
   protected:
    void TearDown() override { run_task(io, service.stop()); }

    burst_options crowd_of(std::uint32_t users) {
        burst_options made;
        made.service = service.address();
        made.users = users;
        return made;
    }

    asio::io_context io{1};
    tests::coupon_stand_in service{io};
};

TEST_F(load_burst, all_sign_up_before_the_first_claims) {
    const burst_result done = run_task(io, burst(crowd_of(50)));
    ASSERT_EQ(service.requests.size(), 100U);
    for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(service.requests[i].path, "/api/auth/signup");
    EXPECT_EQ(done.claims.size(), 50U);
    EXPECT_EQ(done.count(outcome::issued), 50U);
    EXPECT_EQ(service.most_connections, 50U);
}

TEST_F(load_burst, outcomes_are_told_for_each_user) {
    service.claims.assign(20, answer(409, "sold-out"));
    const burst_result done = run_task(io, burst(crowd_of(25)));
    EXPECT_EQ(done.count(outcome::issued), 5U);
    EXPECT_EQ(done.count(outcome::sold_out), 20U);
    std::set<std::string> emails;
    std::set<std::string> ids;
    for (const burst_claim& claim : done.claims) {
        emails.insert(claim.email);
        if (claim.result.what == outcome::issued) ids.insert(claim.result.claim_id);
        EXPECT_EQ(claim.result.status, claim.result.what == outcome::issued ? 201 : 409);
    }
    EXPECT_EQ(emails.size(), 25U);
    EXPECT_EQ(ids.size(), 5U);
}

TEST_F(load_burst, a_user_who_cannot_sign_up_fails_it) {
    service.sign_ups = {answer(500)};
    EXPECT_THROW(run_task(io, burst(crowd_of(3))), error);
    EXPECT_EQ(service.count("/api/coupons/test-coupon-1/claims"), 0U);
}

}  // namespace
}  // namespace dibs::load
