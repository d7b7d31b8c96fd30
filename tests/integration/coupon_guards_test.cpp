// What holds of claims although a lock does not, and what the database itself refuses.
#include "coupon/accounts/accounts.hpp"
#include "postgres/transaction.hpp"
#include "tests/support/broken_lockers.hpp"
#include "tests/support/claims_fixture.hpp"

#include <gtest/gtest.h>

#include <latch>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;
using tests::claim_by;
using tests::count;
using tests::each_once;
using tests::issued_ids;
using tests::run_task;
using tests::test_patience;

/// What holds although a lock does not.
class coupon_guards : public tests::claims_fixture {
   protected:
    void SetUp() override {
        claims_fixture::SetUp();
        for (auto* office : {&first, &second})
            office->desk.offer(strategy::spinlock,
                               tests::make_broken_locker("blind", office->servers.for_lockers()));
    }

    /// What becomes of a claim of "some" that has been judged, and cannot be written before the edit is done.
    outcome claim_judged_before(user_id user, const char* edit, strategy how) {
        const postgres::statement change{"", edit};
        auto administrator =
            run_task(io, postgres::transaction::begin(second.servers.pool(), after(test_patience)));
        run_task(io, administrator.execute(change, {}, after(test_patience)));
        std::optional<outcome> made;
        task_group claims(io.get_executor());
        claims.spawn(keep(first.desk.claim({user, "some", "CODE", "key"}, how), made));
        io.restart();
        while (tests::run_sql(schema.url(), "SELECT count(*) FROM pg_locks WHERE NOT granted") == "0")
            io.run_for(1ms);
        run_task(io, administrator.commit(after(test_patience)));
        run_task(io, claims.join());
        return made.value();
    }
};

TEST_F(coupon_guards, no_claim_is_issued_with_a_code_that_an_administrator_has_changed) {
    stock("some", 10);
    const auto user = users(1).front();
    for (const auto how : {strategy::queue, strategy::fencing, strategy::database}) {
        sql("UPDATE coupons SET code = 'CODE'");
        const auto made = claim_judged_before(user, "UPDATE coupons SET code = 'NEW'", how);
        EXPECT_EQ(made.result, verdict::wrong_code) << to_string(how);
    }
    EXPECT_EQ(books("some").issued, 0);
}

TEST_F(coupon_guards, what_an_administrator_changes_is_no_conflict_of_those_who_claim) {
    stock("some", 10);
    const auto user = users(1).front();
    const std::pair<const char*, verdict> edits[] = {
        {"UPDATE coupons SET paused = true", verdict::paused},
        {"UPDATE coupons SET stock = 0", verdict::sold_out},
        {"UPDATE coupons SET closes_at = now()", verdict::closed},
    };
    for (const auto how : {strategy::queue, strategy::fencing, strategy::database}) {
        for (const auto& [edit, expected] : edits) {
            sql("UPDATE coupons SET stock = 10, paused = false, closes_at = NULL");
            const auto made = claim_judged_before(user, edit, how);
            EXPECT_EQ(made.result, expected) << to_string(how) << ": " << edit;
            EXPECT_EQ(made.conflicts, 0) << to_string(how) << ": " << edit;
        }
    }
    EXPECT_TRUE(books("some").conflicts.empty());
}

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
    const auto seen = run_task(io, read_evidence(pool(), mine, after(test_patience)));
    EXPECT_EQ(claim_once({two[1], "some", "CODE", "key"}, strategy::cas).result, verdict::issued);
    const auto late = run_task(io, issue_next(pool(), mine, seen, after(test_patience)));
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
        const auto result = run_task(io, issue_next(pool(), mine, found, holder, after(test_patience))).what;
        const bool refused = run_task(io, fence_refuses(pool(), "some", holder, after(test_patience)));
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
    run_task(io, reset_coupon(pool(), anew, after(test_patience)));
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
    accounts people(pool(), hashing, test_patience);
    sign_up_body ann{"ann@test", "secret", "Ann", "key"};
    auto busy = tests::start_task(io.get_executor(), hashing.run(occupy));
    auto signed_up = tests::start_task(io.get_executor(), people.sign_up(ann, {}));
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
        all.spawn(migrate(*processes.back(), after(test_patience)));
    }
    run_task(io, all.join());
    run_task(io, migrate(*processes.front(), after(test_patience)));
    EXPECT_EQ(tests::run_sql(schema.url(), "SELECT count(*) FROM coupons"), "0");
}

}  // namespace
}  // namespace dibs::coupon
