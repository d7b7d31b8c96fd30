#include "coupon/passwords.hpp"
#include "coupon/tokens.hpp"
#include "tests/support/run_task.hpp"

#include <dibs/error.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <jwt.h>

#include <cstdlib>
#include <latch>
#include <memory>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;

const std::string secret(32, 'k');
const tokens::clock::time_point now = tokens::clock::time_point(1'800'000'000s);

/// A token with one thing about it out of order.
struct forgery {
    jwt_alg_t signed_with = JWT_ALG_HS256;
    std::string key = secret;
    std::string issuer = "dibs";
    std::string audience = "dibs-coupons";
    std::string subject = "42";
    std::string without = "";  // the claim to leave out

    std::string text() const {
        jwt_t* jwt = nullptr;
        jwt_new(&jwt);
        const std::unique_ptr<jwt_t, decltype(&jwt_free)> owned(jwt, &jwt_free);
        const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
        if (signed_with == JWT_ALG_NONE)
            jwt_set_alg(jwt, JWT_ALG_NONE, nullptr, 0);
        else
            jwt_set_alg(jwt, signed_with, bytes, static_cast<int>(key.size()));
        const auto at = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
        if (without != "iss") jwt_add_grant(jwt, "iss", issuer.c_str());
        if (without != "aud") jwt_add_grant(jwt, "aud", audience.c_str());
        if (without != "sub") jwt_add_grant(jwt, "sub", subject.c_str());
        if (without != "nbf") jwt_add_grant_int(jwt, "nbf", at);
        if (without != "exp") jwt_add_grant_int(jwt, "exp", at + 3600);
        const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(jwt), &std::free);
        return text.get();
    }
};

bool accepted(const forgery& token) {
    return tokens(token_key(secret)).verify(token.text(), now).has_value();
}

TEST(coupon_tokens, a_token_names_its_user) {
    const tokens signer{token_key(secret)};
    const std::string token = signer.issue(user_id{42}, now);
    EXPECT_EQ(signer.verify(token, now), user_id{42});
    EXPECT_EQ(tokens(token_key(secret)).verify(token, now), user_id{42}) << "another process, same key";
}

TEST(coupon_tokens, a_token_has_its_time) {
    const tokens signer{token_key(secret)};
    const std::string token = signer.issue(user_id{42}, now);
    EXPECT_TRUE(signer.verify(token, now - 60s));
    EXPECT_FALSE(signer.verify(token, now - 61s));
    EXPECT_TRUE(signer.verify(token, now + tokens::lifetime + 59s));
    EXPECT_FALSE(signer.verify(token, now + tokens::lifetime + 60s));
}

TEST(coupon_tokens, forgeries_are_refused) {
    EXPECT_TRUE(accepted({})) << "else the rest proves nothing";
    EXPECT_FALSE(accepted({.key = std::string(32, 'x')}));
    EXPECT_FALSE(accepted({.signed_with = JWT_ALG_NONE}));
    EXPECT_FALSE(accepted({.signed_with = JWT_ALG_HS512}));
    EXPECT_FALSE(accepted({.issuer = "else"}));
    EXPECT_FALSE(accepted({.audience = "else"}));
    for (const std::string lacking : {"iss", "aud", "sub", "nbf", "exp"})
        EXPECT_FALSE(accepted({.without = lacking})) << lacking;
    for (const std::string nobody : {"", "0", "-1", "42x", "99999999999999999999"})
        EXPECT_FALSE(accepted({.subject = nobody})) << nobody;
}

TEST(coupon_tokens, what_is_no_token_is_refused) {
    const tokens signer{token_key(secret)};
    const std::string good = signer.issue(user_id{42}, now);
    for (const std::string& bad : {std::string(), std::string("x"), std::string(".."), good + "x",
                                   good.substr(0, good.size() - 1), std::string(100'000, 'a'), good + '\0'})
        EXPECT_FALSE(signer.verify(bad, now)) << bad.substr(0, 40);
    std::string altered = good;
    altered[good.find('.') + 5] ^= 1;
    EXPECT_FALSE(signer.verify(altered, now));
}

TEST(coupon_tokens, a_short_key_is_refused) {
    EXPECT_THROW(token_key(std::string(31, 'k')), error);
    EXPECT_NE(token_key::random().bytes(), token_key::random().bytes());
}

TEST(coupon_passwords, a_hash_matches_its_password_alone) {
    const std::string hash = hash_password("correct horse");
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
    EXPECT_TRUE(password_matches(hash, "correct horse"));
    EXPECT_FALSE(password_matches(hash, "correct horsE"));
    EXPECT_FALSE(password_matches("", "correct horse"));
    EXPECT_NE(hash, hash_password("correct horse")) << "salted";
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

}  // namespace
}  // namespace dibs::coupon
