#include "core/event.hpp"
#include "core/task_group.hpp"
#include "coupon/claims/claim_lane.hpp"
#include "tests/support/run_task.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

namespace dibs::coupon {
namespace {

using lane = claim_lane<std::string>;
using namespace std::chrono_literals;
using testing::ElementsAre;

/// A lane whose round trips are told to end, one by one.
class coupon_lane : public testing::Test {
   protected:
    asio::io_context io{1};
    task_group claims{io.get_executor()};
    std::vector<std::vector<std::string>> trips;
    int preparations = 0;
    event prepared{io.get_executor()};
    std::vector<std::string> answered;
    event may_end{io.get_executor()};
    bool breaks = false;
    std::exception_ptr preparation_fails;

    std::shared_ptr<lane> made(lane::limits allowed) {
        return std::make_shared<lane>(
            io.get_executor(), allowed,
            [this](std::vector<claim_request> requests) { return carry_out(std::move(requests)); });
    }
    std::shared_ptr<lane> made_with_preparation() {
        return std::make_shared<lane>(
            io.get_executor(), lane::limits{},
            [this](std::vector<claim_request> requests) { return carry_out(std::move(requests)); },
            [this] { return prepare(); });
    }
    task<void> prepare() {
        ++preparations;
        co_await prepared.wait();
        if (preparation_fails) std::rethrow_exception(preparation_fails);
    }
    task<lane::answers> carry_out(std::vector<claim_request> requests) {
        auto& trip = trips.emplace_back();
        lane::answers answers;
        for (const auto& one : requests) {
            trip.push_back(one.key);
            answers.push_back({"of " + one.key});
        }
        if (trips.size() == 1) co_await may_end.wait();
        if (breaks) throw std::runtime_error("broken");
        co_return answers;
    }
    task<void> claim(std::shared_ptr<lane> at, std::int64_t user, std::string key,
                     deadline until = deadline::max()) {
        claim_request request{user_id{user}, "spring", "CODE", std::move(key)};
        auto answer = co_await at->claim(at, std::move(request), until);
        answered.push_back(std::move(answer));
    }
    /// One that is not made before its deadline. Empty: it was made all the same.
    std::optional<fault> fault_of_claim(const std::shared_ptr<lane>& at, std::string key) {
        try {
            tests::run_task(io, claim(at, 2, std::move(key), after(1ms)), 5s);
        } catch (const error& failed) {
            return failed.kind();
        }
        return std::nullopt;
    }
    void settle() {
        io.restart();
        io.poll();
    }
};

TEST_F(coupon_lane, what_arrives_meanwhile_goes_together) {
    const auto at = made({.together = 3});
    claims.spawn(claim(at, 1, "a"));
    settle();
    EXPECT_THAT(trips, ElementsAre(ElementsAre("a"))) << "nobody waits for company";
    for (const auto* key : {"b", "c", "d", "e"}) claims.spawn(claim(at, 2, key));
    settle();
    EXPECT_EQ(trips.size(), 1U);
    may_end.set();
    settle();
    EXPECT_THAT(trips, ElementsAre(ElementsAre("a"), ElementsAre("b", "c", "d"), ElementsAre("e")));
    EXPECT_THAT(answered, ElementsAre("of a", "of b", "of c", "of d", "of e"));
    EXPECT_TRUE(at->idle());
}

TEST_F(coupon_lane, the_next_is_on_its_way_before_the_last_is_answered) {
    const auto at = made({});
    claims.spawn(claim(at, 1, "a"));
    settle();
    claims.spawn(claim(at, 2, "b"));
    settle();
    may_end.set();
    io.restart();
    while (trips.size() < 2) io.run_one();
    EXPECT_TRUE(answered.empty());
    settle();
    EXPECT_THAT(answered, ElementsAre("of a", "of b"));
}

TEST_F(coupon_lane, a_users_second_claim_waits_where_it_must) {
    const auto at = made({.one_per_user = true});
    claims.spawn(claim(at, 1, "a"));
    settle();
    claims.spawn(claim(at, 2, "b"));
    claims.spawn(claim(at, 2, "c"));
    claims.spawn(claim(at, 3, "d"));
    settle();
    may_end.set();
    settle();
    EXPECT_THAT(trips, ElementsAre(ElementsAre("a"), ElementsAre("b", "d"), ElementsAre("c")));
}

TEST_F(coupon_lane, a_crowd_is_made_ready_for_and_takes_along_who_comes_meanwhile) {
    const auto at = made_with_preparation();
    claims.spawn(claim(at, 1, "a"));
    settle();
    for (const auto* key : {"b", "c"}) claims.spawn(claim(at, 2, key));
    may_end.set();
    settle();
    EXPECT_THAT(trips, ElementsAre(ElementsAre("a"), ElementsAre("b", "c"))) << "there was no crowd before";
    EXPECT_EQ(preparations, 0);
    EXPECT_TRUE(at->idle() && at->crowded());
    claims.spawn(claim(at, 1, "d"));
    settle();
    EXPECT_EQ(preparations, 1);
    EXPECT_EQ(trips.size(), 2U);
    claims.spawn(claim(at, 2, "e"));
    prepared.set();
    settle();
    EXPECT_THAT(trips.back(), ElementsAre("d", "e"));
    claims.spawn(claim(at, 1, "f"));
    settle();
    claims.spawn(claim(at, 1, "g"));
    settle();
    EXPECT_EQ(preparations, 2) << "of one that was alone the next is not made ready for";
    EXPECT_THAT(answered, ElementsAre("of a", "of b", "of c", "of d", "of e", "of f", "of g"));
}

TEST_F(coupon_lane, goes_on_where_it_could_not_be_made_ready) {
    const auto at = made_with_preparation();
    claims.spawn(claim(at, 1, "a"));
    settle();
    for (const auto* key : {"b", "c"}) claims.spawn(claim(at, 2, key));
    may_end.set();
    settle();
    preparation_fails = std::make_exception_ptr(error(fault::unavailable, "test", "row", "away"));
    for (const auto* key : {"d", "e"}) claims.spawn(claim(at, 1, key));
    settle();
    prepared.set();
    settle();
    preparation_fails = std::make_exception_ptr(std::runtime_error("not an error of a backend"));
    claims.spawn(claim(at, 1, "f"));
    settle();
    EXPECT_EQ(preparations, 2);
    EXPECT_THAT(answered, ElementsAre("of a", "of b", "of c", "of d", "of e", "of f"));
}

TEST_F(coupon_lane, who_is_not_sent_in_time_is_told_so_and_never_sent) {
    const auto at = made({});
    claims.spawn(claim(at, 1, "a", steady::now()));
    settle();
    EXPECT_EQ(fault_of_claim(at, "b"), fault::exhausted);
    claims.spawn(claim(at, 3, "c"));
    settle();
    EXPECT_TRUE(answered.empty()) << "who is under way waits for the answer, whatever the deadline";
    may_end.set();
    settle();
    EXPECT_THAT(trips, ElementsAre(ElementsAre("a"), ElementsAre("c")));
    EXPECT_THAT(answered, ElementsAre("of a", "of c"));
}

TEST_F(coupon_lane, ends_where_all_who_waited_have_gone) {
    const auto at = made({});
    claims.spawn(claim(at, 1, "a"));
    settle();
    EXPECT_EQ(fault_of_claim(at, "b"), fault::exhausted);
    may_end.set();
    settle();
    EXPECT_THAT(trips, ElementsAre(ElementsAre("a")));
    EXPECT_TRUE(at->idle());
}

TEST_F(coupon_lane, who_is_made_ready_for_goes_and_who_came_meanwhile_may_leave) {
    const auto at = made_with_preparation();
    claims.spawn(claim(at, 1, "a"));
    settle();
    for (const auto* key : {"b", "c"}) claims.spawn(claim(at, 2, key));
    may_end.set();
    settle();
    claims.spawn(claim(at, 1, "d", steady::now()));
    settle();
    EXPECT_EQ(preparations, 1);
    EXPECT_EQ(fault_of_claim(at, "e"), fault::exhausted);
    claims.spawn(claim(at, 3, "f"));
    prepared.set();
    settle();
    EXPECT_THAT(trips.back(), ElementsAre("d", "f")) << "what was made ready is used";
    EXPECT_THAT(answered, ElementsAre("of a", "of b", "of c", "of d", "of f"));
}

TEST_F(coupon_lane, a_broken_round_trip_fails_its_claims_and_no_others) {
    const auto at = made({});
    breaks = true;
    claims.spawn(claim(at, 1, "a"));
    settle();
    may_end.set();
    EXPECT_THROW(tests::run_task(io, claims.join()), std::runtime_error);
    breaks = false;
    claims.spawn(claim(at, 1, "b"));
    settle();
    EXPECT_THAT(answered, ElementsAre("of b"));
}

}  // namespace
}  // namespace dibs::coupon
