// Each check of claims where its promise is only just kept, and where it is only just broken.
#include "check/claims.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace dibs::check {
namespace {

using history::action;
using history::event;
using history::phase;
using result = verdict::result;
using testing::HasSubstr;

class check_claims_of : public testing::Test {
   protected:
    /// A try; without `how` it has no completion.
    void tried(std::int64_t begin, std::int64_t end, const std::string& user, std::optional<phase> how,
               const std::string& value = {}) {
        event about{.at_ns = begin, .operation = ++operation_, .action = action::claim, .name = "c"};
        about.owner = user;
        about.value = "k" + user;
        told.push_back(about);
        if (!how) return;
        about.at_ns = end;
        about.phase = *how;
        about.value = value;
        told.push_back(about);
    }
    void reading_begins(std::int64_t at) {
        reading_ = ++operation_;
        told.push_back(reading_at(at));
    }
    void found(std::int64_t at, const std::string& user, const std::string& value) {
        auto row = reading_at(at);
        row.phase = phase::ok;
        row.owner = user;
        row.value = value;
        told.push_back(row);
    }
    void reading_ends(std::int64_t at) {
        auto end = reading_at(at);
        end.phase = phase::ok;
        told.push_back(end);
    }
    claim_records records() const { return claims_in(told); }

    events told;

   private:
    event reading_at(std::int64_t at) const {
        return {.at_ns = at, .operation = reading_, .action = action::found, .name = "c"};
    }

    std::uint64_t operation_ = 0;
    std::uint64_t reading_ = 0;
};

TEST_F(check_claims_of, nothing_is_judged_where_nothing_was_claimed) {
    for (const auto& one : check_claims({}, {{"c", 1}})) EXPECT_EQ(one.found, result::unknown) << one.check;
}

TEST_F(check_claims_of, a_claim_is_lost_only_by_a_reading_that_began_later_and_came_to_its_end) {
    tried(1, 5, "a", phase::ok, "ka 1");
    reading_begins(10);
    EXPECT_EQ(lost_claims(records()).found, result::unknown);
    reading_ends(11);
    EXPECT_EQ(lost_claims(records()).violations, 1U);
    told[1].at_ns = 10;
    EXPECT_EQ(lost_claims(records()).found, result::unknown);
}

TEST_F(check_claims_of, what_is_found_for_another_user_is_lost_all_the_same) {
    tried(1, 5, "a", phase::ok, "ka 1");
    reading_begins(10);
    found(11, "b", "ka 1");
    reading_ends(12);
    const auto lost = lost_claims(records());
    EXPECT_EQ(lost.violations, 1U);
    EXPECT_THAT(lost.explanation, HasSubstr("claim 1 of c (key ka) was acknowledged to user a"));
}

TEST_F(check_claims_of, a_claim_that_was_acknowledged_twice_is_lost_once) {
    tried(1, 5, "a", phase::ok, "ka 1");
    tried(6, 7, "a", phase::ok, "ka 1");
    reading_begins(10);
    reading_ends(11);
    EXPECT_EQ(lost_claims(records()).violations, 1U);
}

TEST_F(check_claims_of, an_unknown_try_causes_but_need_not) {
    tried(1, 5, "a", phase::info, "cut");
    tried(1, 0, "b", std::nullopt);
    tried(2, 3, "c", phase::info, "cut");
    reading_begins(10);
    found(11, "a", "ka 1");
    found(12, "b", "kb 2");
    reading_ends(13);
    for (const auto& one : check_claims(told, {{"c", 2}})) EXPECT_EQ(one.violations, 0U) << one.explanation;
}

TEST_F(check_claims_of, neither_a_failed_try_nor_another_key_nor_a_later_try_is_a_cause) {
    tried(1, 5, "a", phase::fail, "sold out");
    tried(1, 5, "b", phase::ok, "kb 2");
    reading_begins(10);
    found(11, "a", "ka 1");
    found(12, "b", "other 2");
    found(13, "c", "kc 3");
    reading_ends(14);
    tried(15, 16, "c", phase::info);
    EXPECT_EQ(phantom_claims(records()).violations, 3U);
}

TEST_F(check_claims_of, the_stock_may_be_used_up_but_not_exceeded) {
    tried(1, 5, "a", phase::ok, "ka 1");
    tried(1, 5, "b", phase::ok, "kb 2");
    EXPECT_EQ(stock_kept(records(), {{"c", 2}}).found, result::holds);
    EXPECT_EQ(stock_kept(records(), {{"c", 1}}).violations, 1U);
    EXPECT_EQ(stock_kept(records(), {{"c", 0}}).violations, 2U);
    EXPECT_EQ(stock_kept(records(), {{"other", 0}}).found, result::unknown);
}

TEST_F(check_claims_of, a_piece_that_is_read_twice_is_one_piece) {
    tried(1, 5, "a", phase::ok, "ka 1");
    for (const auto at : {10, 20}) {
        reading_begins(at);
        found(at + 1, "a", "ka 1");
        reading_ends(at + 2);
    }
    for (const auto& one : check_claims(told, {{"c", 1}})) EXPECT_EQ(one.violations, 0U) << one.explanation;
}

TEST_F(check_claims_of, a_repeated_claim_has_the_first_ones_result) {
    tried(1, 5, "a", phase::ok, "ka 1");
    tried(6, 9, "a", phase::ok, "ka 1");
    EXPECT_EQ(one_result_per_key(records()).found, result::holds);
    tried(10, 11, "a", phase::ok, "ka 2");
    EXPECT_EQ(one_result_per_key(records()).violations, 1U);
    EXPECT_EQ(one_per_user(records()).violations, 1U);
}

TEST_F(check_claims_of, equal_keys_of_different_users_are_different) {
    tried(1, 5, "a", phase::ok, "k 1");
    tried(1, 5, "b", phase::ok, "k 2");
    EXPECT_EQ(one_result_per_key(records()).found, result::holds);
}

TEST_F(check_claims_of, what_was_sold_out_stays_sold_out) {
    tried(1, 5, "a", phase::fail, "sold out");
    tried(5, 6, "b", phase::ok, "kb 1");
    EXPECT_EQ(sold_out_is_final(records()).found, result::holds);
    tried(6, 9, "c", phase::ok, "kc 2");
    const auto broken = sold_out_is_final(records());
    EXPECT_EQ(broken.violations, 1U);
    EXPECT_EQ(broken.proof.size(), 4U);
}

TEST_F(check_claims_of, a_winner_began_with_its_first_unknown_try) {
    tried(4, 8, "b", phase::info, "cut");
    tried(1, 5, "a", phase::fail, "sold out");
    tried(9, 10, "b", phase::ok, "kb 1");
    EXPECT_EQ(sold_out_is_final(records()).found, result::holds);
}

TEST_F(check_claims_of, a_try_that_failed_is_no_beginning_and_another_failure_is_not_sold_out) {
    tried(1, 2, "b", phase::fail, "busy");
    tried(1, 5, "a", phase::info, "sold out");
    tried(6, 7, "b", phase::ok, "kb 1");
    EXPECT_EQ(sold_out_is_final(records()).found, result::unknown);
    tried(3, 4, "d", phase::fail, "sold out");
    EXPECT_EQ(sold_out_is_final(records()).violations, 1U);
}

TEST_F(check_claims_of, a_winner_may_be_known_from_the_reading_alone) {
    tried(1, 5, "a", phase::fail, "sold out");
    tried(6, 7, "b", phase::info, "cut");
    reading_begins(10);
    EXPECT_EQ(sold_out_is_final(records()).found, result::holds);
    found(11, "b", "kb 1");
    EXPECT_EQ(sold_out_is_final(records()).violations, 1U);
}

TEST_F(check_claims_of, refuses_what_no_recorder_wrote) {
    const auto refused = [&](const char* why) {
        try {
            claims_in(told);
            ADD_FAILURE() << why;
        } catch (const std::invalid_argument& error) {
            EXPECT_THAT(error.what(), HasSubstr(why));
        }
        told.clear();
    };
    tried(1, 2, "a", phase::ok, "ka");
    refused("without user, key and id");
    found(1, "a", "ka 1");
    refused("without the invoke of a reading");
    reading_begins(1);
    reading_ends(2);
    found(3, "a", "ka 1");
    refused("after the end of a reading");
    reading_begins(1);
    found(2, "a", "ka 1");
    told.back().name = "d";
    refused("something else");
    reading_begins(1);
    told.push_back(told.back());
    refused("invoked twice");
}

}  // namespace
}  // namespace dibs::check
