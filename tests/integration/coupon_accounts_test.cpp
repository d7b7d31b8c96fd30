// Sign-up, login and the keys of tokens as clients see them.
#include "coupon/accounts/base64.hpp"
#include "coupon/accounts/tokens.hpp"
#include "tests/support/account_servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <set>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using tests::api_answer;
using tests::as_json;
using tests::coupon_client;
using tests::log_in;
using tests::my_coupons;
using tests::refresh;
using tests::sign_up_named;
using tests::signs_up;
using tests::text_in;

class coupon_accounts : public tests::account_servers {};

TEST_F(coupon_accounts, sign_up_login_and_refresh_give_tokens_that_work) {
    const auto service = serve({"--token-life", "10m"});
    const coupon_client client(service.port());
    const auto signed_up = sign_up_named(client, "ann", signs_up::with_password);
    EXPECT_EQ(signed_up.status, 201);
    const auto logged_in = log_in(client, "ANN");
    EXPECT_EQ(logged_in.status, 200);
    const auto refreshed = refresh(client, text_in(logged_in, "refreshToken"));
    EXPECT_EQ(refreshed.status, 200);
    std::set<std::string> refresh_tokens;
    for (const auto& answer : {signed_up, logged_in, refreshed}) {
        EXPECT_EQ(my_coupons(client, text_in(answer, "accessToken")).status, 200);
        EXPECT_EQ(answer.data().at("expiresIn").as_int64(), 600);
        EXPECT_EQ(boost::json::serialize(answer.data().at("user")),
                  R"({"id":1,"email":"ann@test","name":"ann","role":"user"})");
        EXPECT_THAT(answer.head, HasSubstr("Cache-Control: no-store"));
        refresh_tokens.insert(text_in(answer, "refreshToken"));
    }
    EXPECT_EQ(refresh_tokens.size(), 3U);
    EXPECT_EQ(sql("SELECT count(*) FROM sessions"), "2");
    for (const auto& token : refresh_tokens) {
        EXPECT_THAT(sql("SELECT string_agg(s::text, ' ') FROM sessions s"), Not(HasSubstr(token.substr(22))))
            << "hashes alone";
    }
}

TEST_F(coupon_accounts, who_may_not_log_in_learns_nothing) {
    const auto service = serve();
    const coupon_client client(service.port());
    sign_up_named(client, "ann", signs_up::with_password);
    sign_up_named(client, "guest", signs_up::as_guest);
    const auto wrong = log_in(client, "ann", "guess");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.problem(), "wrong-credentials");
    EXPECT_EQ(log_in(client, "nobody").text, wrong.text);
    EXPECT_EQ(log_in(client, "guest").text, wrong.text);
    EXPECT_EQ(log_in(client, "ann'OR'1'='1").text, wrong.text);
    EXPECT_EQ(log_in(client, "ann", "' OR 1=1; DROP TABLE users; --").text, wrong.text);
    EXPECT_EQ(log_in(client, "ann").status, 200) << "the tables are still there";
    for (const std::string body :
         {"", "[]", R"({"email":"ann@test"})", R"({"email":"ann@test","password":""})",
          R"({"email":"ann@test","password":7})", R"({"email":"ann","password":"secret"})",
          R"({"email":"ann@test\r\nX: y","password":"secret"})"}) {
        const auto answer = client.post("/api/auth/login", body);
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_EQ(answer.problem(), "malformed-request");
    }
}

TEST_F(coupon_accounts, an_unknown_address_takes_as_long_as_a_wrong_password) {
    constexpr int rounds = 8;
    const auto service = serve();
    const coupon_client client(service.port());
    for (int i = 0; i < rounds; ++i) {
        sign_up_named(client, fmt::format("ann{}", i), signs_up::with_password);
        sign_up_named(client, fmt::format("guest{}", i), signs_up::as_guest);
    }
    // The quickest of several: what else the machine does makes it slower, and nothing makes it quicker.
    std::map<std::string, steady::duration> quickest;
    for (int i = 0; i < rounds; ++i)
        for (const std::string name : {"ann", "guest", "nobody"}) {
            const auto begun = steady::now();
            log_in(client, fmt::format("{}{}", name, i), "guess");
            const auto taken = steady::now() - begun;
            const auto known = quickest.try_emplace(name, taken).first;
            known->second = std::min(known->second, taken);
        }
    for (const std::string name : {"guest", "nobody"}) {
        EXPECT_GT(quickest[name], quickest["ann"] / 2) << name;
        EXPECT_LT(quickest[name], quickest["ann"] * 2) << name;
    }
}

TEST_F(coupon_accounts, passwords_can_be_tried_so_often_and_no_more) {
    const auto service = serve();
    const coupon_client client(service.port());
    sign_up_named(client, "ann", signs_up::with_password);
    std::vector<int> seen;
    api_answer last;
    for (int i = 0; i < 11; ++i) seen.push_back((last = log_in(client, "ann", "guess")).status);
    EXPECT_EQ(seen, (std::vector<int>{401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 429}));
    EXPECT_EQ(last.problem(), "too-many-tries");
    EXPECT_THAT(last.head, testing::ContainsRegex("Retry-After: [1-6]\r\n"));
    EXPECT_EQ(log_in(client, "ann").status, 429) << "the right one as well, or it would tell";
    const auto sign_up = [&](const std::string& password) {
        return client.post(
            "/api/auth/signup",
            as_json(
                {{"email", "ann@test"}, {"name", "x"}, {"password", password}, {"idempotencyKey", "ann"}}));
    };
    EXPECT_EQ(sign_up("guess").status, 429) << "a repeated sign-up is a try as well";
    for (int i = 0; i < 11; ++i) last = log_in(client, "nobody", "guess");
    EXPECT_EQ(last.status, 429) << "or it would tell who has an account";
    sign_up_named(client, "bob", signs_up::with_password);
    EXPECT_EQ(log_in(client, "bob").status, 200) << "others are left alone";
}

TEST_F(coupon_accounts, a_guests_key_can_be_guessed_so_often_and_no_more) {
    const auto service = serve();
    const coupon_client client(service.port());
    const auto guess = [&](const std::string& key) {
        return client.post("/api/auth/signup",
                           as_json({{"email", "guest@test"}, {"name", "x"}, {"idempotencyKey", key}}));
    };
    EXPECT_EQ(guess("right").status, 201);
    for (int i = 0; i < 9; ++i) EXPECT_EQ(guess("wrong").status, 409);
    EXPECT_EQ(guess("right").status, 201) << "after which it begins anew";
    for (int i = 0; i < 10; ++i) EXPECT_EQ(guess("wrong").status, 409);
    const auto last = guess("right");
    EXPECT_EQ(last.status, 429) << "or it would tell";
    EXPECT_EQ(last.problem(), "too-many-tries");
}

TEST_F(coupon_accounts, too_many_passwords_at_once_are_answered_503) {
    const auto service = serve({"--threads", "1"});
    const coupon_client client(service.port());
    std::vector<std::future<api_answer>> answers;
    for (int i = 0; i < 120; ++i)
        answers.push_back(std::async(std::launch::async,
                                     [&client, i] { return log_in(client, fmt::format("user{}", i)); }));
    std::map<int, int> seen;
    for (auto& coming : answers) {
        const auto answer = coming.get();
        ++seen[answer.status];
        if (answer.status == 503) {
            EXPECT_EQ(answer.problem(), "overloaded");
            EXPECT_THAT(answer.head, HasSubstr("Retry-After: 1"));
        }
    }
    EXPECT_EQ(seen[401] + seen[503], 120);
    EXPECT_GT(seen[503], 0);
    EXPECT_GE(seen[401], 64);
}

TEST_F(coupon_accounts, equal_sign_ups_at_once_make_one_user) {
    const auto service = serve({"--threads", "2"});
    const coupon_client client(service.port());
    for (const auto how : {signs_up::as_guest, signs_up::with_password}) {
        const std::string name = how == signs_up::as_guest ? "guest" : "ann";
        std::vector<std::future<api_answer>> answers;
        for (int i = 0; i < 8; ++i)
            answers.push_back(
                std::async(std::launch::async, [&] { return sign_up_named(client, name, how); }));
        std::set<std::int64_t> ids;
        for (auto& coming : answers) {
            const auto answer = coming.get();
            ASSERT_EQ(answer.status, 201) << answer.text;
            ids.insert(answer.data().at("user").at("id").as_int64());
            EXPECT_EQ(refresh(client, text_in(answer, "refreshToken")).status, 200);
        }
        EXPECT_EQ(ids.size(), 1U);
    }
    EXPECT_EQ(sql("SELECT count(*) FROM users"), "2");
}

TEST_F(coupon_accounts, who_is_not_signed_in_is_told_how_to_be) {
    const auto service = serve();
    const coupon_client client(service.port());
    for (const auto& answer :
         {log_in(client, "nobody"), refresh(client, "none"), my_coupons(client, "none")}) {
        EXPECT_EQ(answer.status, 401);
        EXPECT_THAT(answer.head, HasSubstr("\r\nWWW-Authenticate: Bearer\r\n"));
    }
}

class key_file {
   public:
    explicit key_file(const std::filesystem::path& folder) : path_(folder / "keys") {}
    void write(const std::string& content) const { std::ofstream(path_, std::ios::trunc) << content; }
    const std::string& path() const { return path_.native(); }

   private:
    std::filesystem::path path_;
};

std::string named_key(const std::string& id, char filler) {
    return id + ':' + to_base64url(std::string(32, filler)) + "\n";
}

TEST_F(coupon_accounts, keys_are_rotated_without_a_restart) {
    const key_file keys(box.folder());
    keys.write(named_key("k1", 'a'));
    auto service = serve({"--token-key-file", keys.path()});
    const coupon_client client(service.port());
    const auto user = sign_up_named(client, "ann", signs_up::with_password);
    const std::string of_first = text_in(user, "accessToken");
    const auto reload = [&](const std::string& content) {
        keys.write(content);
        service.process().signal(SIGHUP);
    };
    // When tokens are signed with the new key, it has been read.
    const auto await_key = [&](const std::string& id) {
        std::string token;
        for (const auto until = steady::now() + 30s; steady::now() < until;) {
            token = text_in(sign_up_named(client, "guest", signs_up::as_guest), "accessToken");
            const auto header = from_base64(token.substr(0, token.find('.')));
            if (header && header->find(fmt::format(R"("kid":"{}")", id)) != std::string::npos) return token;
        }
        throw std::runtime_error("the new key was not read");
    };
    reload(named_key("k2", 'b') + named_key("k1", 'a'));
    const std::string of_second = await_key("k2");
    EXPECT_EQ(my_coupons(client, of_first).status, 200) << "the old key still checks";
    reload(named_key("k3", 'c') + named_key("k2", 'b'));
    await_key("k3");
    EXPECT_EQ(my_coupons(client, of_first).status, 401) << "the first key is gone";
    EXPECT_EQ(my_coupons(client, of_second).status, 200);
    reload("too short");
    service.process().signal(SIGTERM);
    EXPECT_TRUE(service.process().wait(sandbox::clock::now() + 30s));
    const std::string said = service.errors();
    EXPECT_THAT(said, Not(HasSubstr(to_base64url(std::string(32, 'c')))));
    EXPECT_THAT(said, Not(HasSubstr("too short\n")));
}

}  // namespace
}  // namespace dibs::coupon
