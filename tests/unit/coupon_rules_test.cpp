#include "coupon/rules.hpp"
#include "coupon/strategy.hpp"

#include <gtest/gtest.h>

namespace dibs::coupon {
namespace {

const claim_request asked{user_id{7}, "spring", "SECRET", "key-1"};

evidence five_left() {
    evidence seen;
    seen.coupon = coupon_state{"spring", "SECRET", 10, 5};
    return seen;
}

claim_record first_claim() { return {claim_id{3}, "spring", user_id{7}, "then"}; }

TEST(coupon_rules, a_first_claim_may_be_issued) {
    EXPECT_FALSE(settled(asked, five_left()));
    EXPECT_EQ(next_ordinal(five_left()), 1);
}

TEST(coupon_rules, the_last_piece_may_be_issued_and_none_after_it) {
    auto seen = five_left();
    seen.coupon->issued = 9;
    EXPECT_FALSE(settled(asked, seen));
    seen.coupon->issued = 10;
    EXPECT_EQ(settled(asked, seen)->result, verdict::sold_out);
}

TEST(coupon_rules, a_used_key_gets_its_claim_again_whatever_became_of_the_coupon) {
    auto seen = five_left();
    seen.coupon->issued = 10;
    seen.coupon->phase = coupon_phase::over;
    seen.pieces = 1;
    seen.of_key = first_claim();
    const auto result = settled(asked, seen);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->result, verdict::repeated);
    ASSERT_TRUE(result->claim);
    EXPECT_EQ(result->claim->id, claim_id{3});
}

TEST(coupon_rules, a_key_stands_for_one_request) {
    auto seen = five_left();
    seen.of_key = first_claim();
    seen.same_request = false;
    EXPECT_EQ(settled(asked, seen)->result, verdict::key_reused);
}

TEST(coupon_rules, a_second_key_does_not_get_a_second_piece) {
    auto seen = five_left();
    seen.pieces = 1;
    EXPECT_EQ(settled(asked, seen)->result, verdict::already_claimed);
    seen.coupon->issued = 10;
    EXPECT_EQ(settled(asked, seen)->result, verdict::already_claimed);
}

TEST(coupon_rules, a_user_may_have_as_many_as_the_coupon_allows) {
    auto seen = five_left();
    seen.coupon->per_user = 3;
    seen.pieces = 2;
    EXPECT_FALSE(settled(asked, seen));
    EXPECT_EQ(next_ordinal(seen), 3);
    seen.pieces = 3;
    EXPECT_EQ(settled(asked, seen)->result, verdict::already_claimed);
}

TEST(coupon_rules, a_coupon_is_claimed_while_it_is_open) {
    auto seen = five_left();
    const auto in_phase = [&](coupon_phase phase) {
        seen.coupon->phase = phase;
        return settled(asked, seen)->result;
    };
    EXPECT_EQ(in_phase(coupon_phase::early), verdict::not_yet_open);
    EXPECT_EQ(in_phase(coupon_phase::over), verdict::closed);
    EXPECT_EQ(in_phase(coupon_phase::paused), verdict::paused);
}

TEST(coupon_rules, nobody_claims_without_an_account) {
    auto seen = five_left();
    seen.user_known = false;
    EXPECT_EQ(settled(asked, seen)->result, verdict::no_such_user);
}

TEST(coupon_rules, the_code_must_be_right) {
    auto seen = five_left();
    seen.coupon->code = "secret";
    EXPECT_EQ(settled(asked, seen)->result, verdict::wrong_code);
}

TEST(coupon_rules, nothing_comes_of_an_unknown_coupon) {
    EXPECT_EQ(settled(asked, evidence{})->result, verdict::no_such_coupon);
}

TEST(coupon_strategy, each_has_a_word_of_its_own) {
    for (const auto kind : all_strategies) EXPECT_EQ(strategy_from(to_string(kind)), kind);
    EXPECT_FALSE(strategy_from(""));
    EXPECT_FALSE(strategy_from("Queue"));
    EXPECT_FALSE(lock_of(strategy::cas));
    EXPECT_FALSE(lock_of(strategy::batch));
    EXPECT_EQ(lock_of(strategy::redlock), algorithm::redlock);
}

}  // namespace
}  // namespace dibs::coupon
