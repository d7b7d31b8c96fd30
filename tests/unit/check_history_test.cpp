// All checks of one history, and what is said of them.
#include "check/history_check.hpp"
#include "check_stories.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

namespace dibs::check {
namespace {

using namespace std::chrono_literals;
using history::phase;
using testing::HasSubstr;
using testing::Not;

class check_histories : public testing::Test {
   protected:
    check_histories() {
        lock = any_lock(random, "lock", 20);
        coupon = any_coupon(random, "drop", 20);
    }
    checked_history checked(bool queued = true) const {
        events all;
        std::uint64_t operation = 0;
        append_events(all, lock, operation);
        append_events(all, coupon, operation);
        sort(all);
        promises made{{{"drop", coupon.stock}}, {}};
        if (queued) made.queue_tolerance = 0ns;
        return {"some/folder", all.size(), 7, 0, check_all(all, made)};
    }

    dice random{7};
    lock_story lock;
    coupon_story coupon;
};

TEST_F(check_histories, every_check_judges_what_there_is) {
    const auto seen = checked();
    EXPECT_EQ(seen.verdicts.size(), 11U);
    for (const auto& one : seen.verdicts) EXPECT_EQ(one.found, verdict::result::holds) << one.check;
    EXPECT_FALSE(is_violated(seen));
    EXPECT_THAT(report_text(seen), HasSubstr("  holds     sold out is final\n"));
    EXPECT_THAT(report_text(seen), Not(HasSubstr("nothing to judge")));
}

TEST_F(check_histories, the_order_is_judged_only_of_what_is_called_a_queue) {
    const auto seen = checked(false);
    EXPECT_EQ(std::ranges::count(seen.verdicts, "first come, first served", &verdict::check), 0);
}

TEST_F(check_histories, what_cannot_be_judged_is_said) {
    lock = {};
    EXPECT_THAT(report_text(checked()), HasSubstr("nothing to judge by: holds do not overlap; tokens"));
}

TEST_F(check_histories, a_violation_is_explained_and_drawn) {
    lock.visits.front().writes.push_back({lock.visits.back().granted + 1, phase::info, 0});
    auto seen = checked();
    seen.torn = 2;
    EXPECT_TRUE(is_violated(seen));
    const auto text = report_text(seen);
    EXPECT_THAT(text, HasSubstr("VIOLATED  holds do not overlap (19 times)"));
    EXPECT_THAT(text, HasSubstr("lock was granted to owner1 while owner0 went on"));
    EXPECT_THAT(text, HasSubstr("████"));
    EXPECT_THAT(text, HasSubstr("torn last lines left out 2\n"));
}

TEST_F(check_histories, json_has_verdicts_and_proofs) {
    lock.visits.back().token = lock.visits.front().token;
    const auto json = boost::json::parse(report_json({checked()}));
    const auto& history = json.at("histories").as_array().at(0);
    EXPECT_EQ(history.at("folder").as_string(), "some/folder");
    const auto& checks = history.at("checks").as_array();
    const auto& owners = checks.at(2);
    EXPECT_EQ(owners.at("check").as_string(), "one owner per token");
    EXPECT_EQ(owners.at("verdict").as_string(), "violated");
    EXPECT_EQ(owners.at("violations").to_number<int>(), 1);
    const auto& proof = owners.at("proof").as_array();
    ASSERT_EQ(proof.size(), 4U);
    EXPECT_EQ(proof.at(1).at("token").to_number<std::uint64_t>(), lock.visits.front().token);
    EXPECT_TRUE(proof.at(0).at("token").is_null());
    EXPECT_EQ(checks.at(0).at("verdict").as_string(), "holds");
}

}  // namespace
}  // namespace dibs::check
