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

claim_record claim_of(const std::string& coupon) { return {claim_id{3}, coupon, user_id{7}, "then"}; }

TEST(coupon_rules, a_first_claim_may_be_issued) { EXPECT_FALSE(settled(asked, five_left())); }

TEST(coupon_rules, the_last_piece_may_be_issued_and_none_after_it) {
    auto seen = five_left();
    seen.coupon->issued = 9;
    EXPECT_FALSE(settled(asked, seen));
    seen.coupon->issued = 10;
    EXPECT_EQ(settled(asked, seen)->result, verdict::sold_out);
}

TEST(coupon_rules, a_used_key_gets_its_claim_again_even_when_all_is_gone) {
    auto seen = five_left();
    seen.coupon->issued = 10;
    seen.of_user = claim_of("spring");
    seen.of_key = claim_of("spring");
    const auto result = settled(asked, seen);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->result, verdict::repeated);
    ASSERT_TRUE(result->claim);
    EXPECT_EQ(result->claim->id, claim_id{3});
}

TEST(coupon_rules, a_second_key_does_not_get_a_second_piece) {
    auto seen = five_left();
    seen.of_user = claim_of("spring");
    EXPECT_EQ(settled(asked, seen)->result, verdict::already_claimed);
    seen.coupon->issued = 10;
    EXPECT_EQ(settled(asked, seen)->result, verdict::already_claimed);
}

TEST(coupon_rules, a_key_belongs_to_one_coupon) {
    auto seen = five_left();
    seen.of_key = claim_of("autumn");
    EXPECT_EQ(settled(asked, seen)->result, verdict::key_reused);
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
    EXPECT_EQ(lock_of(strategy::redlock), algorithm::redlock);
}

}  // namespace
}  // namespace dibs::coupon
