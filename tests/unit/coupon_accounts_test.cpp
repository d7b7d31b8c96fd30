#include "core/spawn.hpp"
#include "coupon/accounts/account_tries.hpp"
#include "coupon/accounts/passwords.hpp"
#include "coupon/accounts/refresh_token.hpp"
#include "coupon/accounts/sessions.hpp"
#include "coupon/accounts/try_limit.hpp"
#include "tests/support/run_task.hpp"

#include <dibs/error.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <vector>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;

TEST(coupon_passwords, a_hash_matches_its_password_alone) {
    const std::string hash = hash_password("correct horse");
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
    EXPECT_TRUE(password_matches(hash, "correct horse"));
    EXPECT_FALSE(password_matches(hash, "correct horsE"));
    EXPECT_FALSE(password_matches("", "correct horse"));
    EXPECT_NE(hash, hash_password("correct horse")) << "salted";
}

TEST(coupon_passwords, nothing_matches_the_hash_of_nothing_but_it_is_worked_for) {
    const std::string real = hash_password("secret");
    const std::string nothing = hash_of_nothing;
    EXPECT_EQ(nothing.substr(0, nothing.find_last_of(',')), real.substr(0, real.find_last_of(',')));
    EXPECT_EQ(nothing.size(), real.size());
    for (const std::string guess : {"", "secret", "dibs has no salt"})
        EXPECT_FALSE(password_matches(nothing, guess));
    // Not refused at a glance, as what is no hash is.
    const auto begun = steady::now();
    password_matches(nothing, "secret");
    EXPECT_GT(steady::now() - begun, 2ms);
}

TEST(coupon_passwords, the_pool_refuses_more_than_it_may_hold_and_leaves_others_alone) {
    asio::io_context io{1};
    hashing_pool pool({.threads = 1, .waiting = 2});
    std::latch gate(1);
    const auto job = [&gate] {
        gate.wait();
        return std::string("done");
    };
    auto first = tests::start_task(io.get_executor(), pool.run(job));
    auto second = tests::start_task(io.get_executor(), pool.run(job));
    auto third = tests::start_task(io.get_executor(), pool.run(job));
    while (third.wait_for(0s) != std::future_status::ready) io.run_one();
    EXPECT_THROW(third.get(), error);
    EXPECT_EQ(pool.waiting(), 2U) << "the thread that serves went on while both were stuck";
    gate.count_down();
    io.run();
    EXPECT_EQ(first.get(), "done");
    EXPECT_EQ(second.get(), "done");
    EXPECT_EQ(pool.waiting(), 0U);
}

TEST(coupon_passwords, what_a_job_throws_reaches_its_caller) {
    asio::io_context io{1};
    hashing_pool pool({});
    const auto job = []() -> std::string { throw std::runtime_error("no memory"); };
    auto result = tests::start_task(io.get_executor(), pool.run(job));
    io.run();
    EXPECT_THROW(result.get(), std::runtime_error);
}

task<void> ignoring(task<std::string> work) { co_await std::move(work); }

// Under AddressSanitizer: a cancellation comes to the pool's thread when its caller has gone.
TEST(coupon_hashing_pool, a_caller_may_be_cancelled_and_go_while_other_jobs_wait) {
    asio::io_context io;
    const auto unused = asio::make_work_guard(io);
    hashing_pool pool({.threads = 1});
    std::latch all_queued(1);
    std::latch begun(1);
    std::latch cancelled(1);
    std::latch gone(1);
    auto before = tests::start_task(io.get_executor(), pool.run([&] {
        all_queued.wait();
        return std::string();
    }));
    auto stop = std::make_unique<asio::cancellation_signal>();
    spawn(io.get_executor(), ignoring(pool.run([] { return std::string(); })), stop->slot(),
          [&](const std::exception_ptr&) { stop.reset(); });
    auto behind = tests::start_task(io.get_executor(), pool.run([&] {
        begun.count_down();
        cancelled.wait();
        return std::string();
    }));
    while (pool.waiting() < 3) io.poll();
    all_queued.count_down();
    begun.wait();  // what became of the job before is queued behind this one
    auto last = tests::start_task(io.get_executor(), pool.run([&] {
        gone.wait();
        return std::string("last");
    }));
    while (pool.waiting() < 4) io.poll();
    stop->emit(asio::cancellation_type::terminal);
    cancelled.count_down();
    while (stop) io.run_one();
    gone.count_down();
    while (last.wait_for(0s) != std::future_status::ready) io.run_one();
    EXPECT_EQ(before.get() + behind.get() + last.get(), "last");
}

TEST(coupon_refresh_tokens, are_read_as_written_and_nothing_else_is) {
    const auto token = refresh_token::of_new_session();
    const std::string text = token.text();
    EXPECT_EQ(text.size(), 64U);
    const auto read = refresh_token::read(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->session(), token.session());
    EXPECT_EQ(read->hash(), token.hash());
    EXPECT_EQ(text.find(token.hash()), std::string::npos);
    EXPECT_NE(refresh_token::of_new_session().text(), text);
    for (const std::string& bad :
         {std::string(), text + "A", text.substr(1), std::string(64, '='), std::string(64, '.'),
          std::string(100'000, 'A'), text.substr(0, 62) + "=="})
        EXPECT_FALSE(refresh_token::read(bad)) << bad.substr(0, 80);
}

TEST(coupon_refresh_tokens, have_one_successor_for_a_salt_in_the_same_session) {
    const auto token = refresh_token::of_new_session();
    const std::string salt = fresh_salt();
    const auto next = token.successor(salt);
    EXPECT_EQ(next.text(), token.successor(salt).text());
    EXPECT_EQ(next.session(), token.session());
    EXPECT_NE(next.hash(), token.hash());
    EXPECT_NE(next.text(), token.successor(fresh_salt()).text());
    EXPECT_NE(next.text(), refresh_token::of_new_session().successor(salt).text());
}

TEST(coupon_refresh_tokens, a_spent_one_is_told_its_successor_for_a_moment_and_then_ends_the_session) {
    const session_state fresh{"good", "spent", true, "salt"};
    const session_state later{"good", "spent", false, "salt"};
    const session_state never_spent{"good", "", false, ""};
    EXPECT_EQ(judge(fresh, "good"), refresh_verdict::rotate);
    EXPECT_EQ(judge(fresh, "spent"), refresh_verdict::repeat);
    EXPECT_EQ(judge(fresh, "spent before"), refresh_verdict::reuse);
    EXPECT_EQ(judge(later, "good"), refresh_verdict::rotate);
    EXPECT_EQ(judge(later, "spent"), refresh_verdict::reuse);
    EXPECT_EQ(judge(never_spent, "good"), refresh_verdict::rotate);
    EXPECT_EQ(judge(never_spent, "other"), refresh_verdict::reuse);
}

TEST(coupon_try_limit, lets_a_burst_through_and_then_one_an_interval) {
    try_limit tries({.burst = 3, .interval = 10s});
    const auto start = steady::now();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(tries.count("ann", start), 0s);
    EXPECT_EQ(tries.count("ann", start), 10s);
    EXPECT_EQ(tries.count("ann", start + 1ms), 10s) << "rounded up, and the refused ones did not count";
    EXPECT_EQ(tries.count("bob", start), 0s) << "each account for itself";
    EXPECT_EQ(tries.count("ann", start + 10s), 0s);
    EXPECT_EQ(tries.count("ann", start + 10s), 10s);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(tries.count("ann", start + 60s), 0s);
    tries.forgive("ann");
    EXPECT_EQ(tries.count("ann", start + 60s), 0s);
}

TEST(coupon_account_tries, from_one_place_do_not_keep_out_who_comes_from_another) {
    account_tries tries;
    const http::rate_key stranger{1, 1};
    const http::rate_key owner{2, 2};
    auto at = steady::now();
    int let_through = 0;
    for (int i = 0; i < 3000; ++i) {
        at += 200ms;
        if (tries.count("ops", stranger, at) == 0s) ++let_through;
    }
    EXPECT_EQ(let_through, 109) << "ten at once and one each six seconds of ten minutes";
    EXPECT_EQ(tries.count("ops", owner, at), 0s);
    int places = 0;
    while (tries.count("ops", {3, static_cast<std::uint64_t>(places)}, at) == 0s) ++places;
    EXPECT_EQ(places, 99) << "a hundred at once of all together";
    tries.forgive("ops", owner);
    EXPECT_EQ(tries.count("ops", owner, at), 0s);
}

TEST(coupon_try_limit, forgets_whom_it_need_not_remember) {
    try_limit tries({.burst = 2, .interval = 10s});
    auto at = steady::now();
    for (int i = 0; i < 100'000; ++i) tries.count(std::to_string(i), at += 100ms);
    EXPECT_LE(tries.remembered(), 2000U);
}

}  // namespace
}  // namespace dibs::coupon
