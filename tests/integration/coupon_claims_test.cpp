#include "coupon/accounts.hpp"
#include "coupon/schema.hpp"
#include "tests/support/broken_lockers.hpp"
#include "tests/support/coupon_office.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_task.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <latch>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;
using tests::claim_by;
using tests::coupon_office;
using tests::run_task;

constexpr auto patience = 10s;

/// Two service processes' worth of connections, in one schema.
class coupon_claims : public testing::TestWithParam<strategy> {
   protected:
    asio::io_context io{1};
    tests::fresh_schema schema;
    tests::server_urls urls = tests::coupon_servers(schema.url());
    coupon_office first{io, urls};
    coupon_office second{io, urls};

    void SetUp() override { run_task(io, migrate(pool(), after(patience))); }
    void TearDown() override {
        run_task(io, first.desk.settle());
        run_task(io, second.desk.settle());
    }

    postgres::pool& pool() { return first.servers.pool(); }

    void stock(const std::string& id, std::int64_t pieces) {
        coupon_spec spec{id, "CODE", pieces};
        run_task(io, add_coupon(pool(), std::move(spec), after(patience)));
    }
    void sql(const std::string& text) { tests::run_sql(schema.url(), text); }
    std::vector<user_id> users(int count) { return run_task(io, tests::make_users(pool(), count)); }
    ledger books(const std::string& id) { return run_task(io, reconcile(pool(), id, after(patience))); }

    void await(const std::function<bool()>& what) {
        const auto until = after(patience);
        io.restart();
        while (!what() && steady::now() < until) io.run_one_until(until);
        ASSERT_TRUE(what());
    }

    std::vector<postgres::pool::loan> all_sessions() {
        std::vector<postgres::pool::loan> taken;
        for (std::size_t i = 0; i < postgres::pool_options{}.size; ++i)
            taken.push_back(run_task(io, pool().acquire(after(patience))));
        EXPECT_THROW(run_task(io, pool().acquire(after(1ms))), error) << "no more are to be had";
        return taken;
    }

    /// The users' claims, by turns at either process.
    std::vector<outcome> claim(const std::vector<claim_request>& requests, strategy how) {
        std::vector<claim_by> made;
        for (const auto& request : requests)
            made.push_back({made.size() % 2 == 0 ? &first : &second, request});
        return run_task(io, tests::claim_at_once(std::move(made), how));
    }
    outcome claim_once(const claim_request& request, strategy how) { return claim({request}, how).front(); }
};

std::vector<claim_request> each_once(const std::vector<user_id>& users, const std::string& coupon) {
    std::vector<claim_request> requests;
    for (const auto user : users) requests.push_back({user, coupon, "CODE", "key"});
    return requests;
}

std::ptrdiff_t count(const std::vector<outcome>& results, verdict what) {
    return std::count_if(results.begin(), results.end(),
                         [&](const outcome& one) { return one.result == what; });
}

std::vector<claim_id> issued_ids(const std::vector<outcome>& results) {
    std::vector<claim_id> ids;
    for (const auto& one : results)
        if (one.result == verdict::issued) ids.push_back(one.claim->id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

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
    const auto until = after(patience);
    while (!first.desk.knows_sold_out("gone") && steady::now() < until)
        ASSERT_EQ(at_first(2, "key").result, verdict::sold_out);
    ASSERT_TRUE(first.desk.knows_sold_out("gone"));
    {
        const auto all = all_sessions();
        EXPECT_EQ(at_first(3, "key").result, verdict::sold_out) << "no session was to be had";
    }
    EXPECT_EQ(at_first(1, "key").result, verdict::repeated) << "a retry gets its 201";
    EXPECT_EQ(at_first(1, "other").result, verdict::already_claimed);
    sql("UPDATE coupons SET stock = 3");
    const auto added = steady::now();
    await([&] { return !first.desk.knows_sold_out("gone"); });
    EXPECT_LT(steady::now() - added, 1s);
    EXPECT_EQ(at_first(4, "key").result, verdict::issued);
    EXPECT_EQ(at_first(5, "key").result, verdict::sold_out);
}

std::string name_of(const testing::TestParamInfo<strategy>& info) {
    return std::string(to_string(info.param));
}

INSTANTIATE_TEST_SUITE_P(under, coupon_claims, testing::ValuesIn(all_strategies), name_of);

/// What holds although a lock does not.
class coupon_guards : public coupon_claims {
   protected:
    void SetUp() override {
        coupon_claims::SetUp();
        for (auto* office : {&first, &second})
            office->desk.offer(strategy::spinlock,
                               tests::make_broken_locker("blind", office->servers.for_lockers()));
    }
};

TEST_F(coupon_guards, a_lock_that_grants_everybody_shows_as_conflicts_and_harms_nothing) {
    stock("some", 10);
    const auto results = claim(each_once(users(40), "some"), strategy::spinlock);
    const auto held = books("some");
    EXPECT_TRUE(held.consistent());
    EXPECT_EQ(held.claims, issued_ids(results)) << "what was acknowledged is what is there";
    std::int64_t conflicts = 0;
    for (const auto& one : results) conflicts += one.conflicts;
    EXPECT_GT(conflicts, 0);
    EXPECT_EQ(held.conflicts.at("spinlock"), conflicts);
    EXPECT_GT(count(results, verdict::conflicting), 0) << "tried twice, then given up";
    for (const auto& one : results) {
        EXPECT_EQ(one.conflicts == 2, one.result == verdict::conflicting);
    }
}

TEST_F(coupon_guards, one_key_sent_by_two_processes_gets_one_claim_even_without_a_lock) {
    stock("some", 10);
    for (const auto user : users(10)) {
        const auto results =
            claim(std::vector<claim_request>(2, {user, "some", "CODE", "key"}), strategy::spinlock);
        EXPECT_GE(count(results, verdict::issued), 1);
        EXPECT_EQ(count(results, verdict::issued) + count(results, verdict::repeated), 2);
        EXPECT_EQ(results[0].claim->id, results[1].claim->id);
    }
    EXPECT_EQ(books("some").issued, 10);
}

TEST_F(coupon_guards, strategies_that_do_not_exclude_one_another_harm_nothing) {
    stock("mixed", 20);
    const auto everyone = users(6 * static_cast<int>(all_strategies.size()));
    task_group all(io.get_executor());
    std::vector<std::vector<outcome>> results(all_strategies.size());
    const auto part = [&](std::size_t i) -> task<void> {
        std::vector<claim_by> made;
        for (std::size_t n = 0; n < 6; ++n)
            made.push_back({n % 2 == 0 ? &first : &second, {everyone[6 * i + n], "mixed", "CODE", "key"}});
        results[i] = co_await tests::claim_at_once(std::move(made), all_strategies[i]);
    };
    for (std::size_t i = 0; i < all_strategies.size(); ++i) all.spawn(part(i));
    run_task(io, all.join());
    std::vector<outcome> together;
    for (const auto& some : results) together.insert(together.end(), some.begin(), some.end());
    EXPECT_TRUE(books("mixed").consistent());
    EXPECT_EQ(books("mixed").claims, issued_ids(together));
}

TEST_F(coupon_guards, a_write_on_an_old_reading_changes_nothing) {
    stock("some", 10);
    const auto two = users(2);
    const claim_request mine{two[0], "some", "CODE", "key"};
    const auto seen = run_task(io, read_evidence(pool(), mine, after(patience)));
    EXPECT_EQ(claim_once({two[1], "some", "CODE", "key"}, strategy::cas).result, verdict::issued);
    const auto late = run_task(io, issue_next(pool(), mine, seen, after(patience)));
    EXPECT_EQ(late.what, written::result::overtaken);
    EXPECT_EQ(books("some").issued, 1);
}

TEST_F(coupon_guards, the_fence_lets_no_older_token_pass) {
    stock("some", 10);
    const auto four = users(4);
    std::int64_t seen = 0;
    const auto write = [&](user_id user, const fence& holder) {
        const claim_request mine{user, "some", "CODE", "key"};
        evidence found;
        found.coupon = coupon_state{"some", "CODE", 10, seen};
        const auto result = run_task(io, issue_next(pool(), mine, found, holder, after(patience))).what;
        const bool refused = run_task(io, fence_refuses(pool(), "some", holder, after(patience)));
        EXPECT_EQ(refused, result == written::result::overtaken);
        if (result == written::result::done) ++seen;
        return result;
    };
    const owner_id alice("alice");
    const owner_id bob("bob");
    EXPECT_EQ(write(four[0], {fencing_token(10), alice}), written::result::done);
    EXPECT_EQ(write(four[1], {fencing_token(9), bob}), written::result::overtaken);
    EXPECT_EQ(write(four[1], {fencing_token(10), bob}), written::result::overtaken);
    EXPECT_EQ(write(four[1], {fencing_token(10), alice}), written::result::done);
    EXPECT_EQ(write(four[2], {fencing_token(11), bob}), written::result::done);
    EXPECT_EQ(write(four[3], {fencing_token(10), alice}), written::result::overtaken);
}

TEST_F(coupon_guards, a_reset_forgets_one_coupon_and_no_other) {
    stock("a", 10);
    stock("b", 10);
    const auto three = users(3);
    claim(each_once(three, "a"), strategy::cas);
    EXPECT_EQ(claim_once({three[0], "b", "CODE", "other-key"}, strategy::cas).result, verdict::issued);
    coupon_spec anew{"a", "NEW", 2};
    run_task(io, reset_coupon(pool(), anew, after(patience)));
    EXPECT_EQ(books("a").issued, 0);
    EXPECT_EQ(books("a").stock, 2);
    EXPECT_TRUE(books("a").claims.empty());
    EXPECT_EQ(books("b").issued, 1);
    EXPECT_EQ(claim_once({three[0], "a", "NEW", "key"}, strategy::cas).result, verdict::issued)
        << "the claim's key was forgotten with it";
    stock("a", 500);
    EXPECT_EQ(books("a").stock, 2) << "adding a coupon that is there changes nothing";
    EXPECT_THROW(books("none"), error);
}

TEST_F(coupon_guards, the_database_itself_refuses_what_must_not_be) {
    stock("one", 1);
    const auto two = users(2);
    EXPECT_EQ(claim_once({two[0], "one", "CODE", "key"}, strategy::cas).result, verdict::issued);
    const auto refused = [&](const std::string& sql) {
        EXPECT_THROW(tests::run_sql(schema.url(), sql), std::runtime_error) << sql;
    };
    refused("UPDATE coupons SET issued = 2");
    refused("UPDATE coupons SET issued = -1");
    const auto user = std::to_string(number(two[0]));
    const auto insert = [&](const std::string& key, int ordinal) {
        return "INSERT INTO claims (coupon_id, user_id, idempotency_key, ordinal) VALUES ('one', " + user +
               ", '" + key + "', " + std::to_string(ordinal) + ")";
    };
    refused(insert("x", 1));
    refused(insert("key", 2));
    refused(insert("x", 0));
    refused("UPDATE coupons SET per_user = 0");
    refused("UPDATE coupons SET opens_at = now(), closes_at = now()");
}

TEST_F(coupon_guards, hashing_a_password_holds_up_no_claim) {
    stock("some", 10);
    const auto user = users(1).front();
    hashing_pool hashing({.threads = 1});
    std::latch gate(1);
    const auto occupy = [&gate] {
        gate.wait();
        return std::string();
    };
    accounts people(pool(), hashing, patience);
    sign_up_body ann{"ann@test", "secret", "Ann", "key"};
    auto busy = tests::start_task(io.get_executor(), hashing.run(occupy));
    auto signed_up = tests::start_task(io.get_executor(), people.sign_up(ann));
    while (hashing.waiting() < 2) io.run_one();
    EXPECT_EQ(claim_once({user, "some", "CODE", "key"}, strategy::queue).result, verdict::issued);
    EXPECT_EQ(hashing.waiting(), 2U) << "the sign-up still waits for its turn";
    gate.count_down();
    while (signed_up.wait_for(0s) != std::future_status::ready) io.run_one();
    EXPECT_EQ(signed_up.get().of.email, "ann@test");
    EXPECT_EQ(busy.get(), "");
}

TEST(coupon_schema, may_be_made_by_many_at_once) {
    asio::io_context io{1};
    const tests::fresh_schema schema;
    std::vector<std::unique_ptr<postgres::pool>> processes;
    task_group all(io.get_executor());
    for (int i = 0; i < 8; ++i) {
        processes.push_back(std::make_unique<postgres::pool>(io.get_executor(), schema.url()));
        all.spawn(migrate(*processes.back(), after(patience)));
    }
    run_task(io, all.join());
    run_task(io, migrate(*processes.front(), after(patience)));
    EXPECT_EQ(tests::run_sql(schema.url(), "SELECT count(*) FROM coupons"), "0");
}

}  // namespace
}  // namespace dibs::coupon
