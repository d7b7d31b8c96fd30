#include "coupon/claims/sold_out.hpp"

#include <gtest/gtest.h>

namespace dibs::coupon {
namespace {

const sold_out_coupon gone{{"spring", "SECRET", 3, 3}, "1", {7, 9, 12}};

claim_request by(std::int64_t user, const std::string& code = "SECRET") {
    return {user_id{user}, "spring", code, "key"};
}

TEST(coupon_sold_out, who_has_nothing_is_refused) {
    for (const auto user : {6, 8, 10, 13}) EXPECT_EQ(gone.refusal_of(by(user))->result, verdict::sold_out);
}

TEST(coupon_sold_out, who_has_a_piece_may_be_repeating_the_request) {
    for (const auto user : {7, 9, 12}) EXPECT_FALSE(gone.refusal_of(by(user)));
}

TEST(coupon_sold_out, a_wrong_code_stays_one) {
    EXPECT_EQ(gone.refusal_of(by(8, "secret"))->result, verdict::wrong_code);
}

}  // namespace
}  // namespace dibs::coupon
