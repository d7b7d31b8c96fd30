// How long sessions live, and what ends them, as clients see it.
#include "tests/support/account_servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <set>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;
using tests::api_answer;
using tests::coupon_client;
using tests::log_in;
using tests::log_out;
using tests::my_coupons;
using tests::refresh;
using tests::sign_up_named;
using tests::signs_up;
using tests::text_in;

class coupon_sessions : public tests::account_servers {};

TEST_F(coupon_sessions, a_refresh_token_is_good_once_but_its_answer_may_be_lost) {
    const auto service = serve();
    const coupon_client client(service.port());
    const std::string first = text_in(sign_up_named(client, "ann", signs_up::as_guest), "refreshToken");
    const std::string second = text_in(refresh(client, first), "refreshToken");
    EXPECT_EQ(text_in(refresh(client, first), "refreshToken"), second) << "repeated: the same answer";
    const std::string third = text_in(refresh(client, second), "refreshToken");
    EXPECT_EQ(text_in(refresh(client, second), "refreshToken"), third);
    sql("UPDATE sessions SET spent_at = now() - interval '11 seconds'");
    const auto reused = refresh(client, second);
    EXPECT_EQ(reused.status, 401);
    EXPECT_EQ(reused.problem(), "session-over");
    EXPECT_EQ(refresh(client, third).status, 401) << "two had it: the whole session is over";
    EXPECT_EQ(sql("SELECT count(*) FROM sessions"), "0");
}

TEST_F(coupon_sessions, a_user_has_so_many_sessions_and_one_more_ends_the_oldest) {
    const auto service = serve();
    const coupon_client client(service.port());
    std::vector<std::string> tokens;
    const auto open = [&](const std::string& name) {
        return text_in(sign_up_named(client, name, signs_up::as_guest), "refreshToken");
    };
    const std::string of_another = open("bob");
    for (int i = 0; i < 20; ++i) tokens.push_back(open("ann"));
    tokens.front() = text_in(refresh(client, tokens.front()), "refreshToken");
    tokens.push_back(open("ann"));
    EXPECT_EQ(sql("SELECT count(*) FROM sessions JOIN users ON users.id = user_id WHERE name = 'ann'"), "20");
    EXPECT_EQ(refresh(client, tokens[1]).problem(), "session-over") << "not used for longest";
    for (const std::size_t kept : {0U, 2U, 19U, 20U})
        EXPECT_EQ(refresh(client, tokens[kept]).status, 200) << kept;
    EXPECT_EQ(refresh(client, of_another).status, 200);
    sql("INSERT INTO sessions SELECT 'old' || n, 1, 'x', NULL, NULL, NULL, now() FROM generate_series(1, 50) "
        "n");
    sql("UPDATE sessions SET user_id = (SELECT id FROM users WHERE name = 'ann') WHERE id LIKE 'old%'");
    open("ann");
    EXPECT_EQ(sql("SELECT count(*) FROM sessions WHERE id LIKE 'old%'"), "0")
        << "also of those before the bound";
}

TEST_F(coupon_sessions, one_that_was_spent_two_times_ago_ends_the_session_at_once) {
    const auto service = serve();
    const coupon_client client(service.port());
    const auto signed_up = sign_up_named(client, "ann", signs_up::with_password);
    const std::string elsewhere = text_in(log_in(client, "ann"), "refreshToken");
    const std::string first = text_in(signed_up, "refreshToken");
    const std::string second = text_in(refresh(client, first), "refreshToken");
    const std::string third = text_in(refresh(client, second), "refreshToken");
    EXPECT_EQ(refresh(client, first).status, 401);
    EXPECT_EQ(refresh(client, third).status, 401);
    EXPECT_EQ(refresh(client, elsewhere).status, 200) << "another session of the same user";
}

TEST_F(coupon_sessions, one_refresh_token_used_by_many_at_once_has_one_successor) {
    const auto service = serve();
    const coupon_client client(service.port());
    const std::string token = text_in(sign_up_named(client, "ann", signs_up::as_guest), "refreshToken");
    std::vector<std::future<api_answer>> answers;
    for (int i = 0; i < 8; ++i)
        answers.push_back(std::async(std::launch::async, [&] { return refresh(client, token); }));
    std::set<std::string> successors;
    for (auto& coming : answers) successors.insert(text_in(coming.get(), "refreshToken"));
    ASSERT_EQ(successors.size(), 1U);
    EXPECT_EQ(refresh(client, *successors.begin()).status, 200);
}

TEST_F(coupon_sessions, a_session_ends_by_logout_and_by_time) {
    const auto service = serve();
    const coupon_client client(service.port());
    const std::string token = text_in(sign_up_named(client, "ann", signs_up::with_password), "refreshToken");
    const std::string other = text_in(log_in(client, "ann"), "refreshToken");
    const std::string foreign = token.substr(0, 63) + (token.back() == 'A' ? "B" : "A");
    EXPECT_EQ(log_out(client, foreign).status, 204) << "does not tell";
    const std::string next = text_in(refresh(client, token), "refreshToken");
    const auto out = log_out(client, next);
    EXPECT_EQ(out.status, 204);
    EXPECT_EQ(out.text, "");
    EXPECT_EQ(refresh(client, next).status, 401);
    EXPECT_EQ(log_out(client, next).status, 204) << "repeated";
    sql("UPDATE sessions SET expires_at = now()");
    EXPECT_EQ(refresh(client, other).status, 401);
}

TEST_F(coupon_sessions, tokens_of_one_kind_are_not_taken_for_the_other) {
    const auto service = serve();
    const coupon_client client(service.port());
    const auto answer = sign_up_named(client, "ann", signs_up::as_guest);
    EXPECT_EQ(my_coupons(client, text_in(answer, "refreshToken")).status, 401);
    EXPECT_EQ(refresh(client, text_in(answer, "accessToken")).status, 401);
    for (const std::string bad : {"x", "' OR 1=1 --", "../../etc/passwd"})
        EXPECT_EQ(refresh(client, bad).status, 401) << bad;
    EXPECT_EQ(refresh(client, std::string(64, 'A')).status, 401);
    for (const std::string body : {"{}", R"({"refreshToken":null})", R"({"refreshToken":""})", "x"})
        EXPECT_EQ(client.post("/api/auth/refresh", body).status, 400) << body;
}

TEST_F(coupon_sessions, expired_sessions_are_removed_while_others_sign_up) {
    const auto service = serve();
    const coupon_client client(service.port());
    sql("INSERT INTO sessions (id, user_id, token_hash, expires_at) "
        "SELECT 'old' || n, 1, '', now() - interval '1 second' FROM generate_series(1, 500) n");
    for (int i = 0; i < 256; ++i) sign_up_named(client, fmt::format("user{}", i), signs_up::as_guest);
    const auto until = steady::now() + 30s;
    while (sql("SELECT count(*) FROM sessions WHERE id LIKE 'old%'") != "0" && steady::now() < until) {
    }
    EXPECT_EQ(sql("SELECT count(*) FROM sessions"), "256");
}

}  // namespace
}  // namespace dibs::coupon
