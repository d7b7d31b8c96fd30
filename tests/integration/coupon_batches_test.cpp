// Claims that go to the database together: what is wrong with one of them is nobody else's business.
#include "coupon/claims/batch_store.hpp"
#include "coupon/claims/store.hpp"
#include "tests/support/claims_fixture.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <exception>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;
using tests::each_once;
using tests::run_task;
using tests::test_patience;

class coupon_batches : public tests::claims_fixture {
   protected:
    /// From now on the database refuses a piece for this user, with an error.
    void refuse(user_id whom) {
        sql(fmt::format(R"(
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.user_id = {} THEN RAISE EXCEPTION 'not this one'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON claims FOR EACH ROW EXECUTE FUNCTION refuse())",
                        number(whom)));
    }
    static bool failed(const std::exception_ptr& with) {
        if (!with) return false;
        try {
            std::rethrow_exception(with);
        } catch (const error& refused) {
            EXPECT_FALSE(refused.in_doubt()) << "the database has said no";
            return true;
        }
    }
};

class coupon_batch_writer : public coupon_batches, public testing::WithParamInterface<bool> {};

TEST_P(coupon_batch_writer, what_the_database_refuses_spoils_no_other_of_its_transaction) {
    stock("some", 3);
    const auto everyone = users(6);
    refuse(everyone[1]);
    auto requests = each_once(everyone, "some");
    requests[2].code = "WRONG";
    batch_writer writer(pool(), "some");
    if (GetParam()) run_task(io, writer.take_row(after(test_patience)));
    const auto made = run_task(io, writer.issue(requests, after(test_patience)));
    ASSERT_EQ(made.size(), 6U);
    EXPECT_TRUE(failed(made[1].failed));
    const auto verdict_of = [&](std::size_t i) { return made[i].made.value().result; };
    for (const std::size_t lucky : {0U, 3U, 4U}) EXPECT_EQ(verdict_of(lucky), verdict::issued) << lucky;
    EXPECT_EQ(verdict_of(2), verdict::wrong_code);
    EXPECT_EQ(verdict_of(5), verdict::sold_out);
    EXPECT_TRUE(books("some").consistent());
    std::vector<claim_id> told;
    for (const std::size_t lucky : {0U, 3U, 4U}) told.push_back(made[lucky].made->claim->id);
    EXPECT_EQ(books("some").claims, told);
}

TEST_P(coupon_batch_writer, a_row_that_is_taken_is_given_back_with_the_batch_or_without) {
    stock("some", 3);
    const auto two = users(2);
    {
        batch_writer writer(pool(), "some");
        run_task(io, writer.take_row(after(test_patience)));
        if (GetParam()) {
            const auto made = run_task(io, writer.issue(each_once({two[0]}, "some"), after(test_patience)));
            EXPECT_EQ(made.at(0).made.value().result, verdict::issued);
        }
    }
    EXPECT_EQ(claim_once({two[1], "some", "CODE", "key"}, strategy::database).result, verdict::issued);
    EXPECT_EQ(books("some").issued, GetParam() ? 2 : 1);
}

INSTANTIATE_TEST_SUITE_P(taking_the_row_first, coupon_batch_writer, testing::Bool());

TEST_F(coupon_batches, a_coupon_that_is_made_after_its_row_was_looked_for_is_issued_and_told_rightly) {
    batch_writer writer(pool(), "new");
    run_task(io, writer.take_row(after(test_patience)));
    stock("new", 1);
    auto requests = each_once(users(3), "new");
    requests[1].code = "WRONG";
    const auto made = run_task(io, writer.issue(requests, after(test_patience)));
    EXPECT_EQ(made.at(0).made.value().result, verdict::issued);
    EXPECT_EQ(made.at(1).made.value().result, verdict::wrong_code);
    EXPECT_EQ(made.at(2).made.value().result, verdict::sold_out);
    EXPECT_TRUE(books("new").consistent());
}

TEST_F(coupon_batches, one_that_the_database_refuses_spoils_no_other_of_its_round_trip) {
    stock("some", 3);
    const auto everyone = users(4);
    refuse(everyone[1]);
    const auto made = run_task(io, issue_any_each(pool(), each_once(everyone, "some"), after(test_patience)));
    ASSERT_EQ(made.size(), 4U);
    EXPECT_TRUE(failed(made[1].failed));
    for (const std::size_t lucky : {0U, 2U, 3U}) {
        ASSERT_TRUE(made[lucky].made) << lucky;
        EXPECT_EQ(made[lucky].made->what, written::result::done);
    }
    EXPECT_TRUE(books("some").consistent());
    EXPECT_EQ(books("some").issued, 3);
}

TEST_F(coupon_batches, a_claim_that_fails_is_told_so_and_those_of_its_batch_get_their_pieces) {
    stock("some", 100);
    const auto everyone = users(20);
    refuse(everyone[7]);
    for (const auto how : {strategy::batch, strategy::cas}) {
        task_group all(io.get_executor());
        std::vector<std::string> told(everyone.size());
        const auto one = [&](std::size_t i) -> task<void> {
            claim_request wanted{everyone[i], "some", "CODE", "key"};
            try {
                const auto result = co_await first.desk.claim(wanted, how);
                told[i] = result.claim ? "claim" : "refusal";
            } catch (const error&) {
                told[i] = "error";
            }
        };
        for (std::size_t i = 0; i < everyone.size(); ++i) all.spawn(one(i));
        run_task(io, all.join());
        for (std::size_t i = 0; i < everyone.size(); ++i) EXPECT_EQ(told[i], i == 7 ? "error" : "claim") << i;
    }
    EXPECT_EQ(books("some").issued, 19);
    EXPECT_TRUE(books("some").consistent());
}

class coupon_lanes : public tests::claims_fixture, public testing::WithParamInterface<strategy> {};

TEST_P(coupon_lanes, a_claim_waits_no_longer_for_its_turn_than_for_a_lock) {
    stock("held", 5);
    const auto two = users(2);
    const claim_desk::limits short_wait{.wait = 50ms, .statement = 60s};
    tests::coupon_office office{io, urls, short_wait};
    task_group others(io.get_executor());
    const auto by = [&](user_id whom) {
        return office.desk.claim({whom, "held", "CODE", "key"}, GetParam());
    };
    std::optional<outcome> sent;
    {
        auto elsewhere = run_task(io, postgres::transaction::begin(pool(), after(test_patience)));
        const postgres::statement hold{"test_hold", "SELECT FROM coupons FOR UPDATE"};
        run_task(io, elsewhere.execute(hold, {}, after(test_patience)));
        others.spawn(keep(by(two[0]), sent));
        await([&] { return office.servers.pool().on_loan() == 1; });
        try {
            run_task(io, by(two[1]), 10s);
            ADD_FAILURE() << "it was made";
        } catch (const error& failed) {
            EXPECT_EQ(failed.kind(), fault::exhausted) << failed.what();
        }
        EXPECT_FALSE(sent);
        EXPECT_EQ(office.desk.under_way(), 1U);
    }
    run_task(io, others.join());
    EXPECT_EQ(sent.value().result, verdict::issued) << "its statement was under way";
    EXPECT_EQ(books("held").issued, 1);
    run_task(io, office.desk.settle());
}

TEST_P(coupon_lanes, failed_claims_leave_nothing_behind) {
    postgres::pool away(io.get_executor(), "host=/nowhere");
    claim_desk desk(io.get_executor(), away, {});
    for (const auto* made_up : {"one", "two", "three"})
        EXPECT_THROW(run_task(io, desk.claim({user_id{1}, made_up, "CODE", "key"}, GetParam())), error);
    EXPECT_EQ(desk.kept_lanes(), 0U);
    run_task(io, desk.settle());
}

INSTANTIATE_TEST_SUITE_P(of, coupon_lanes, testing::Values(strategy::cas, strategy::batch),
                         [](const auto& of) { return std::string(to_string(of.param)); });

}  // namespace
}  // namespace dibs::coupon
