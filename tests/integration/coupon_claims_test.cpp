// Claims under each strategy, by two processes' worth of connections at once.
#include "coupon/claims/sold_out.hpp"
#include "postgres/transaction.hpp"
#include "tests/support/claims_fixture.hpp"

#include <gtest/gtest.h>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;
using tests::claim_by;
using tests::count;
using tests::each_once;
using tests::issued_ids;
using tests::run_task;
using tests::test_patience;

class coupon_claims : public tests::claims_fixture, public testing::WithParamInterface<strategy> {};

TEST_P(coupon_claims, five_pieces_go_to_five_of_fifteen_users) {
    stock("five", 5);
    const auto results = claim(each_once(users(15), "five"), GetParam());
    EXPECT_EQ(count(results, verdict::issued), 5);
    EXPECT_EQ(count(results, verdict::sold_out), 10);
    const auto held = books("five");
    EXPECT_TRUE(held.consistent());
    EXPECT_EQ(held.issued, 5);
    EXPECT_EQ(held.claims, issued_ids(results)) << "what was acknowledged is what is there";
    EXPECT_EQ(held.total_conflicts(), 0) << "the lock let two in";
}

TEST_P(coupon_claims, three_pieces_go_to_three_of_thirty_users) {
    stock("three", 3);
    const auto results = claim(each_once(users(30), "three"), GetParam());
    EXPECT_EQ(count(results, verdict::issued), 3);
    EXPECT_EQ(count(results, verdict::sold_out), 27);
    EXPECT_TRUE(books("three").consistent());
    EXPECT_EQ(books("three").total_conflicts(), 0);
}

TEST_P(coupon_claims, one_user_with_eight_keys_gets_one_piece) {
    stock("many", 100);
    const auto user = users(1).front();
    std::vector<claim_request> requests;
    for (int i = 0; i < 8; ++i) requests.push_back({user, "many", "CODE", "key-" + std::to_string(i)});
    const auto results = claim(requests, GetParam());
    EXPECT_EQ(count(results, verdict::issued), 1);
    EXPECT_EQ(count(results, verdict::already_claimed), 7);
    EXPECT_EQ(books("many").issued, 1);
    EXPECT_TRUE(books("many").consistent());
}

TEST_P(coupon_claims, one_key_sent_eight_times_gets_one_piece_and_one_answer) {
    stock("many", 100);
    const auto user = users(1).front();
    const claim_request request{user, "many", "CODE", "key", 7};
    const auto results = claim(std::vector<claim_request>(8, request), GetParam());
    EXPECT_EQ(count(results, verdict::issued), 1);
    // Each process lets one of them through at a time.
    EXPECT_EQ(count(results, verdict::repeated) + count(results, verdict::in_progress), 7);
    EXPECT_EQ(count(results, verdict::in_progress), 6);
    const auto again = claim(std::vector<claim_request>(2, request), GetParam());
    EXPECT_EQ(count(again, verdict::repeated), 2);
    for (const auto& one : results)
        if (one.claim) {
            EXPECT_EQ(one.claim->id, again.front().claim->id);
            EXPECT_EQ(one.claim->issued_at, again.front().claim->issued_at);
        }
    auto another = request;
    another.fingerprint = 8;
    EXPECT_EQ(claim_once(another, GetParam()).result, verdict::key_reused);
    EXPECT_EQ(books("many").issued, 1);
}

TEST_P(coupon_claims, two_users_may_send_one_key) {
    stock("many", 100);
    const auto results = claim(each_once(users(2), "many"), GetParam());
    EXPECT_EQ(count(results, verdict::issued), 2);
    EXPECT_NE(results[0].claim->id, results[1].claim->id);
}

TEST_P(coupon_claims, a_key_counts_for_each_coupon) {
    stock("a", 100);
    stock("b", 100);
    const auto user = users(1).front();
    const auto results = claim({{user, "a", "CODE", "key"}, {user, "b", "CODE", "key"}}, GetParam());
    EXPECT_EQ(count(results, verdict::issued), 2);
    EXPECT_EQ(books("a").issued, 1);
    EXPECT_EQ(books("b").issued, 1);
}

TEST_P(coupon_claims, a_user_gets_as_many_as_the_coupon_allows) {
    stock("many", 100);
    sql("UPDATE coupons SET per_user = 3");
    const auto user = users(1).front();
    std::vector<claim_request> requests;
    for (int i = 0; i < 8; ++i) requests.push_back({user, "many", "CODE", "key-" + std::to_string(i)});
    std::vector<outcome> results;
    for (const auto& request : requests) results.push_back(claim_once(request, GetParam()));
    EXPECT_EQ(count(results, verdict::issued), 3);
    EXPECT_EQ(count(results, verdict::already_claimed), 5);
    EXPECT_EQ(books("many").issued, 3);
    EXPECT_EQ(books("many").claims, issued_ids(results));
}

TEST_P(coupon_claims, a_coupon_is_claimed_while_it_is_open) {
    stock("timed", 100);
    const auto some = users(4);
    const auto at = [&](std::size_t who, const std::string& times) {
        sql("UPDATE coupons SET opens_at = NULL, closes_at = NULL, paused = false");
        sql("UPDATE coupons SET " + times);
        return claim_once({some[who], "timed", "CODE", "key"}, GetParam()).result;
    };
    EXPECT_EQ(at(0, "opens_at = now() + interval '1 hour'"), verdict::not_yet_open);
    EXPECT_EQ(at(1, "closes_at = now()"), verdict::closed);
    EXPECT_EQ(at(2, "paused = true"), verdict::paused);
    EXPECT_EQ(books("timed").issued, 0);
    EXPECT_EQ(at(3, "opens_at = now(), closes_at = now() + interval '1 hour'"), verdict::issued);
    EXPECT_EQ(at(3, "closes_at = now()"), verdict::repeated) << "a retry after the end";
}

TEST_P(coupon_claims, refusals_leave_no_trace) {
    stock("one", 1);
    const auto user = users(1).front();
    const auto how = GetParam();
    EXPECT_EQ(claim_once({user, "one", "code", "key"}, how).result, verdict::wrong_code);
    EXPECT_EQ(claim_once({user, "none", "CODE", "key"}, how).result, verdict::no_such_coupon);
    EXPECT_EQ(claim_once({user_id{999'999}, "one", "CODE", "key"}, how).result, verdict::no_such_user);
    EXPECT_EQ(books("one").issued, 0);
    EXPECT_EQ(claim_once({user, "one", "CODE", "key"}, how).result, verdict::issued) << "with the same key";
}

TEST_P(coupon_claims, what_is_sold_out_is_known_without_the_database) {
    stock("gone", 2);
    const auto some = users(6);
    const auto at_first = [&](std::size_t who, const std::string& key) {
        claim_by made{&first, {some[who], "gone", "CODE", key}};
        return run_task(io, tests::claim_at_once({made}, GetParam())).front();
    };
    EXPECT_EQ(at_first(0, "key").result, verdict::issued);
    EXPECT_EQ(at_first(1, "key").result, verdict::issued);
    const auto until = after(test_patience);
    while (!first.desk.knows_sold_out("gone") && steady::now() < until)
        ASSERT_EQ(at_first(2, "key").result, verdict::sold_out);
    ASSERT_TRUE(first.desk.knows_sold_out("gone"));
    std::optional<outcome> without_session;
    while (!without_session && !HasFatalFailure()) {
        await([&] { return first.desk.knows_sold_out("gone"); });
        const auto all = all_sessions();
        // Where taking them has taken too long, what was known is no longer trusted.
        if (first.desk.knows_sold_out("gone")) without_session = at_first(3, "key");
    }
    EXPECT_EQ(without_session.value().result, verdict::sold_out) << "no session was to be had";
    EXPECT_EQ(at_first(1, "key").result, verdict::repeated) << "a retry gets its 201";
    EXPECT_EQ(at_first(1, "other").result, verdict::already_claimed);
    sql("UPDATE coupons SET stock = 3");
    const auto added = steady::now();
    await([&] { return !first.desk.knows_sold_out("gone"); });
    EXPECT_LT(steady::now() - added, 1s);
    EXPECT_EQ(at_first(4, "key").result, verdict::issued);
    EXPECT_EQ(at_first(5, "key").result, verdict::sold_out);
}

class coupon_memory : public tests::claims_fixture {};

TEST_F(coupon_memory, is_not_trusted_while_the_database_cannot_be_asked) {
    const claim_desk::limits patient{.statement = 60s};
    tests::coupon_office office{io, urls, patient};
    stock("gone", 1);
    const auto some = users(3);
    const auto claim_of = [&](std::size_t who) {
        claim_by made{&office, {some[who], "gone", "CODE", "key"}};
        return run_task(io, tests::claim_at_once({made}, strategy::cas)).front().result;
    };
    const auto knows = [&] { return office.desk.knows_sold_out("gone"); };
    EXPECT_EQ(claim_of(0), verdict::issued);
    EXPECT_EQ(claim_of(1), verdict::sold_out);
    await(knows);
    {
        const auto all = all_sessions(office.servers.pool());
        io.restart();
        for (const auto until = after(test_patience); knows() && steady::now() < until;) io.run_for(10ms);
        EXPECT_FALSE(knows()) << "nobody could look whether pieces were added";
        sql("UPDATE coupons SET stock = 2");
    }
    EXPECT_EQ(claim_of(2), verdict::issued);
    run_task(io, office.desk.settle());
}

class coupon_sold_out_list : public tests::claims_fixture {
   protected:
    sold_out_list list{io.get_executor(), pool(), test_patience};

    void SetUp() override {
        claims_fixture::SetUp();
        stock("gone", 2 * sold_out_list::users_at_once + 1);
        sql("INSERT INTO claims (coupon_id, user_id, idempotency_key, ordinal) "
            "SELECT id, generate_series(1, stock), 'key', 1 FROM coupons; UPDATE coupons SET issued = stock");
    }
    void TearDown() override {
        run_task(io, list.settle());
        claims_fixture::TearDown();
    }
    bool may_have_a_piece(std::int64_t user) {
        return !list.refusal_of({user_id{user}, "gone", "CODE", "key"});
    }
};

TEST_F(coupon_sold_out_list, reads_whatever_number_of_users) {
    list.learn("gone");
    await([this] { return list.knows("gone"); });
    constexpr std::int64_t one_part = sold_out_list::users_at_once;
    for (const auto user : {std::int64_t{1}, one_part, one_part + 1, 2 * one_part, 2 * one_part + 1})
        EXPECT_TRUE(may_have_a_piece(user)) << user;
    for (const auto user : {std::int64_t{0}, 2 * one_part + 2}) EXPECT_FALSE(may_have_a_piece(user)) << user;
}

TEST_F(coupon_sold_out_list, keeps_nothing_of_a_coupon_that_changed_while_it_was_read) {
    const postgres::statement lock{"", "LOCK TABLE claims"};
    auto holds_up = run_task(io, postgres::transaction::begin(second.servers.pool(), after(test_patience)));
    run_task(io, holds_up.execute(lock, {}, after(test_patience)));
    list.learn("gone");
    io.restart();
    while (tests::run_sql(schema.url(), "SELECT count(*) FROM pg_locks WHERE NOT granted") == "0")
        io.run_for(1ms);
    sql("UPDATE coupons SET stock = stock + 1");
    run_task(io, holds_up.commit(after(test_patience)));
    run_task(io, list.settle());
    EXPECT_FALSE(list.knows("gone"));
}

std::string name_of(const testing::TestParamInfo<strategy>& info) {
    return std::string(to_string(info.param));
}

INSTANTIATE_TEST_SUITE_P(under, coupon_claims, testing::ValuesIn(all_strategies), name_of);

}  // namespace
}  // namespace dibs::coupon
