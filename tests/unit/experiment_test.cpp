#include "experiment/account.hpp"
#include "experiment/plan.hpp"
#include "experiment/run_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace dibs::experiment {
namespace {

using namespace std::chrono_literals;
using coupon::claim_id;
using testing::HasSubstr;

TEST(plan, every_round_has_every_strategy_once) {
    const std::vector<std::string> all{"a", "b", "c", "d", "e"};
    const auto blocks = randomised_blocks(all, 20, 7);
    ASSERT_EQ(blocks.size(), 20U);
    for (const auto& block : blocks) EXPECT_TRUE(std::ranges::is_permutation(block, all));
    EXPECT_NE(blocks[0], blocks[1]) << "rounds have orders of their own";
}

TEST(plan, a_seed_gives_the_same_orders_again_and_another_gives_others) {
    const std::vector<std::string> all{"a", "b", "c", "d", "e"};
    EXPECT_EQ(randomised_blocks(all, 5, 7), randomised_blocks(all, 5, 7));
    EXPECT_NE(randomised_blocks(all, 5, 7), randomised_blocks(all, 5, 8));
    // Fixed, so that results of different machines can be compared run by run.
    EXPECT_EQ(randomised_blocks({"a", "b", "c"}, 2, 1),
              (std::vector<std::vector<std::string>>{{"b", "a", "c"}, {"b", "c", "a"}}));
}

TEST(plan, quick_is_the_published_profile_at_a_tenth) {
    const auto published = profile_named("published");
    const auto quick = profile_named("quick");
    ASSERT_TRUE(published && quick);
    EXPECT_EQ(published->rounds, 10);
    EXPECT_EQ(quick->rounds, 3);
    ASSERT_EQ(published->stages.size(), quick->stages.size());
    std::chrono::nanoseconds length{0};
    for (std::size_t i = 0; i < quick->stages.size(); ++i) {
        EXPECT_EQ(quick->stages[i].length * 10, published->stages[i].length);
        length += published->stages[i].length;
    }
    EXPECT_EQ(length, 80s);
    EXPECT_EQ(profile_named("smoke").value().stages.front().length * 100, published->stages.front().length);
    EXPECT_FALSE(profile_named("slow"));
}

/// Three pieces in stock, two of them issued and acknowledged; each test spoils one thing.
class reconciliation : public testing::Test {
   protected:
    reconciliation() {
        held.stock = 3;
        held.issued = 2;
        held.claims = {claim_id{1}, claim_id{2}};
        told = {{"1", "ann@test"}, {"2", "bob@test"}};
    }
    account books() const { return reconcile(told, in_doubt, held); }

    coupon::ledger held;
    std::vector<load::acknowledged_claim> told;
    std::uint64_t in_doubt = 0;
};

TEST_F(reconciliation, is_exact_when_both_say_the_same) {
    EXPECT_TRUE(books().exact());
    EXPECT_EQ(books().acknowledged, 2);
    EXPECT_EQ(books().in_database, 2);
}

TEST_F(reconciliation, sees_more_issued_than_there_was) {
    held.stock = 1;
    EXPECT_EQ(books().oversold, 1);
    EXPECT_FALSE(books().exact());
}

TEST_F(reconciliation, sees_a_counter_that_is_off) {
    held.issued = 4;
    EXPECT_EQ(books().miscounted, 2);
    EXPECT_EQ(books().oversold, 1) << "by the counter, which is what stops the sale";
    EXPECT_FALSE(books().exact());
}

TEST_F(reconciliation, sees_a_user_with_two) {
    held.users_with_two = 1;
    EXPECT_EQ(books().duplicates, 1);
    EXPECT_FALSE(books().exact());
}

TEST_F(reconciliation, sees_one_claim_given_to_two) {
    told.push_back({"2", "eve@test"});
    EXPECT_EQ(books().duplicates, 1);
    EXPECT_FALSE(books().exact());
}

TEST_F(reconciliation, sees_an_acknowledged_claim_that_is_gone) {
    told.push_back({"3", "eve@test"});
    EXPECT_EQ(books().lost, 1);
    EXPECT_FALSE(books().exact());
}

TEST_F(reconciliation, sees_a_claim_that_nobody_was_told_of_unless_an_answer_was_lost) {
    held.issued = 3;
    held.claims.push_back(claim_id{3});
    EXPECT_EQ(books().unexplained, 1);
    EXPECT_FALSE(books().exact());
    in_doubt = 1;
    EXPECT_EQ(books().unexplained, 0);
    EXPECT_TRUE(books().exact());
}

TEST_F(reconciliation, counts_conflicts_which_are_no_error) {
    held.conflicts = {{"queue", 2}, {"redlock", 1}};
    EXPECT_EQ(books().conflicts, 3);
    EXPECT_TRUE(books().exact());
}

run_record sold_out_run() {
    run_record run;
    run.plan = {2, 1, "queue"};
    run.books.acknowledged = 5;
    run.burst.issued = 100;
    run.burst.refused = 200;
    run.burst.books.stock = 100;
    return run;
}

TEST(run_record, is_correct_when_both_books_are_and_the_stock_went_to_the_last_piece) {
    EXPECT_TRUE(sold_out_run().correct());
    auto left_over = sold_out_run();
    left_over.burst.issued = 99;
    EXPECT_FALSE(left_over.correct());
    auto failed = sold_out_run();
    failed.burst.other = 1;
    EXPECT_FALSE(failed.correct());
    auto oversold = sold_out_run();
    oversold.books.oversold = 1;
    EXPECT_FALSE(oversold.correct());
    auto lost = sold_out_run();
    lost.burst.books.lost = 1;
    EXPECT_FALSE(lost.correct());
}

TEST(run_record, the_outline_adds_load_and_sell_out) {
    auto run = sold_out_run();
    run.books.conflicts = 1;
    run.burst.books.conflicts = 2;
    run.burst.books.duplicates = 4;
    run.books.miscounted = 1;
    run.burst.books.miscounted = 5;
    run.load.summary.duration = 2s;
    run.load.claims.outcomes = {5, 2};
    const auto outline = run.outline();
    EXPECT_EQ(outline.conflicts, 3);
    EXPECT_EQ(outline.duplicates, 4);
    EXPECT_EQ(outline.miscounted, 6);
    EXPECT_EQ(outline.oversold, 0);
    EXPECT_EQ(outline.acknowledged, 5);
    EXPECT_EQ(outline.claims, 7);
    EXPECT_EQ(outline.issued, 5);
    EXPECT_EQ(outline.issued_per_s, 2.5);
    EXPECT_EQ(outline.sell_out.issued, 100);
    EXPECT_EQ(outline.sell_out.refused, 200);
    EXPECT_FALSE(outline.correct) << "four have two";
    EXPECT_TRUE(outline.thresholds_met);
}

TEST(run_record, the_books_are_described_with_what_is_wrong) {
    const auto right = sold_out_run().outline();
    EXPECT_THAT(describe_books({right}), HasSubstr("exactly the 105 claims"));
    auto wrong = sold_out_run();
    wrong.books.lost = 1;
    EXPECT_THAT(describe_books({right, wrong.outline()}), HasSubstr("NOT"));
    EXPECT_THAT(describe_books({wrong.outline()}), HasSubstr("round 2 of queue"));
}

}  // namespace
}  // namespace dibs::experiment
