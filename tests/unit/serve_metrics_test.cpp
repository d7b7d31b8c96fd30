// What becomes of each thing that is told of claims.
#include "coupon/accounts/access_metrics.hpp"
#include "coupon/claims/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <memory>
#include <string>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using coupon::strategy;
using coupon::verdict;
using testing::HasSubstr;

class serve_metrics : public testing::Test {
   protected:
    std::string text() const { return prometheus::TextSerializer().Serialize(registry->Collect()); }
    void expect(const std::string& line) const { EXPECT_THAT(text(), HasSubstr("\n" + line + "\n")); }

    std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
    std::shared_ptr<coupon::claim_observer> claims = coupon::claim_metrics(registry);
};

TEST_F(serve_metrics, begin_at_zero) {
    for (const auto kind : coupon::all_strategies)
        expect("dibs_claims_total{outcome=\"sold_out\",strategy=\"" + std::string(to_string(kind)) + "\"} 0");
    expect("dibs_fencing_tokens_refused_total 0");
    expect("dibs_batch_claims_count 0");
}

TEST_F(serve_metrics, count_claims_by_strategy_and_outcome_and_time_them) {
    claims->answered(strategy::queue, verdict::issued, 3ms);
    claims->answered(strategy::queue, verdict::issued, 30s);
    claims->answered(strategy::cas, verdict::no_such_user, 1ms);
    claims->failed(strategy::queue, fault::unavailable, 1ms);
    claims->failed(strategy::queue, fault::in_doubt, 1ms);
    claims->failed(strategy::queue, fault::timeout, 1ms);
    claims->turned_away(strategy::queue);
    expect(R"(dibs_claims_total{outcome="issued",strategy="queue"} 2)");
    expect(R"(dibs_claims_total{outcome="no_such_user",strategy="cas"} 1)");
    expect(R"(dibs_claims_total{outcome="failed",strategy="queue"} 1)");
    expect(R"(dibs_claims_total{outcome="in_doubt",strategy="queue"} 2)");
    expect(R"(dibs_claims_total{outcome="turned_away",strategy="queue"} 1)");
    expect(R"(dibs_claim_seconds_count{strategy="queue"} 5)");
    expect(R"(dibs_claim_seconds_bucket{strategy="queue",le="0.003"} 4)");
    expect(R"(dibs_claim_seconds_bucket{strategy="queue",le="20"} 4)");
}

TEST_F(serve_metrics, count_conflicts_tokens_and_batches) {
    claims->conflict(strategy::redlock);
    claims->token_refused();
    claims->batch(1);
    claims->batch(60);
    expect(R"(dibs_claim_conflicts_total{strategy="redlock"} 1)");
    expect("dibs_fencing_tokens_refused_total 1");
    expect("dibs_batch_claims_sum 61");
    expect(R"(dibs_batch_claims_bucket{le="50"} 1)");
    expect(R"(dibs_batch_claims_bucket{le="100"} 2)");
}

TEST_F(serve_metrics, pass_on_what_is_told_of_locks) {
    const lock_name name("coupon:1");
    claims->acquired({name, algorithm::pubsub, acquisition::outcome::granted, 1ms, 2, handoff::local});
    claims->held({name, algorithm::pubsub, hold_end::how::released, 1ms});
    claims->lost(name, algorithm::pubsub);
    claims->renewed(name, algorithm::pubsub, 1ms);
    expect(R"(dibs_lock_wait_seconds_count{algorithm="pubsub",outcome="granted"} 1)");
    expect(R"(dibs_lock_hold_seconds_count{algorithm="pubsub"} 1)");
    expect(R"(dibs_lock_leases_lost_total{algorithm="pubsub"} 1)");
    expect(R"(dibs_lock_renewal_lag_seconds_count{algorithm="pubsub"} 1)");
}

/// Claims come by the ten thousand a second: what is counted of one may take a hundredth of their time.
TEST_F(serve_metrics, cost_little) {
    constexpr int rounds = 200'000;
    const lock_name name("coupon:1");
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) {
        claims->acquired({name, algorithm::queue, acquisition::outcome::granted, 1ms, 1, handoff::none});
        claims->held({name, algorithm::queue, hold_end::how::released, 1ms});
        claims->answered(strategy::queue, verdict::issued, 3ms);
    }
    const auto each = (std::chrono::steady_clock::now() - begun) / rounds;
    RecordProperty("nanoseconds_a_claim", std::to_string(each / 1ns));
    EXPECT_LT(each, 50us);
}

TEST_F(serve_metrics, count_who_is_let_in_and_who_is_not) {
    const auto access = coupon::access_metrics(registry);
    expect(R"(dibs_tokens_rejected_total{reason="audience"} 0)");
    access->token_rejected(coupon::token_fault::expired);
    access->token_rejected(coupon::token_fault::signature);
    access->token_rejected(coupon::token_fault::signature);
    access->entered(coupon::way_in::sign_up, coupon::entry::email_taken);
    access->entered(coupon::way_in::log_in, coupon::entry::wrong_credentials);
    access->entered(coupon::way_in::refresh, coupon::entry::done);
    access->limited(coupon::limited_by::user);
    expect(R"(dibs_tokens_rejected_total{reason="expired"} 1)");
    expect(R"(dibs_tokens_rejected_total{reason="signature"} 2)");
    expect(R"(dibs_sign_ins_total{outcome="email_taken",way="sign_up"} 1)");
    expect(R"(dibs_sign_ins_total{outcome="wrong_credentials",way="log_in"} 1)");
    expect(R"(dibs_sign_ins_total{outcome="done",way="refresh"} 1)");
    expect(R"(dibs_rate_limited_total{by="user"} 1)");
    expect(R"(dibs_rate_limited_total{by="password"} 0)");
}

}  // namespace
}  // namespace dibs::tests
