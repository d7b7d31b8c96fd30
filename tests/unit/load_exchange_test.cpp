#include "load/exchange.hpp"
#include "load/scenario.hpp"
#include "load/stage.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <set>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;

TEST(exchange, sign_up_says_what_the_table_lists) {
    const fresh_user guest = make_user("r1", 7, 3, sign_up::guest);
    const auto body = boost::json::parse(sign_up_body(guest)).as_object();
    EXPECT_EQ(body.at("email"), "load-r1-7-3@example.com");
    EXPECT_FALSE(body.at("name").as_string().empty());
    EXPECT_FALSE(body.at("idempotencyKey").as_string().empty());
    EXPECT_FALSE(body.contains("password"));

    const fresh_user member = make_user("r1", 7, 3, sign_up::with_password);
    EXPECT_GE(boost::json::parse(sign_up_body(member)).at("password").as_string().size(), 8U);
}

TEST(exchange, users_of_runs_users_and_iterations_differ) {
    std::set<std::string> emails;
    std::set<std::string> keys;
    for (const char* run : {"r1", "r2"})
        for (const std::uint32_t user : {1U, 11U})
            for (const std::uint64_t iteration : {1U, 11U, 111U}) {
                const fresh_user made = make_user(run, user, iteration, sign_up::guest);
                emails.insert(made.email);
                keys.insert(made.sign_up_key);
            }
    EXPECT_EQ(emails.size(), 12U);
    EXPECT_EQ(keys.size(), 12U);
}

TEST(exchange, claim_key_is_bound_to_token_and_moment) {
    const std::chrono::system_clock::time_point moment(1'700'000'000'123ms);
    EXPECT_EQ(claim_key("eyJhbGciOiJIUzI1NiJ9.x.y", moment), "issue_eyJhbGciOi1700000000123");
    EXPECT_EQ(claim_key("short", moment), "issue_short1700000000123");
}

TEST(exchange, claim_says_what_the_table_lists) {
    const coupon_choice coupon;
    EXPECT_EQ(claim_path(coupon), "/api/coupons/test-coupon-1/claims");
    const auto body = boost::json::parse(claim_body(coupon, "issue_1")).as_object();
    EXPECT_EQ(body.at("couponCode"), "K6LOADTEST");
    EXPECT_EQ(body.at("idempotencyKey"), "issue_1");
    EXPECT_EQ(body.size(), 2U);
}

TEST(exchange, coupon_ids_cannot_leave_the_path) {
    coupon_choice odd;
    odd.id = "a/../b c?";
    EXPECT_EQ(claim_path(odd), "/api/coupons/a%2F..%2Fb%20c%3F/claims");
}

TEST(exchange, answers_are_read_leniently) {
    EXPECT_EQ(access_token_in(R"({"data":{"accessToken":"abc"}})"), "abc");
    EXPECT_EQ(claim_id_in(R"({"data":{"id":"c-1"}})"), "c-1");
    EXPECT_EQ(claim_id_in(R"({"data":{"id":42}})"), "42");
    for (const char* body : {"", "<html>", "{}", R"({"data":null})", R"({"data":{"accessToken":""}})",
                             R"({"data":{"accessToken":5}})", R"({"data":{"id":null}})", "[1]", "3"}) {
        EXPECT_EQ(access_token_in(body), std::nullopt) << body;
        EXPECT_EQ(claim_id_in(body), std::nullopt) << body;
    }
}

TEST(exchange, outcomes_are_told_apart_by_status_and_problem) {
    EXPECT_EQ(outcome_of(201, ""), outcome::issued);
    EXPECT_EQ(outcome_of(409, R"({"type":"/problems/sold-out"})"), outcome::sold_out);
    EXPECT_EQ(outcome_of(409, R"({"type":"/problems/already-claimed"})"), outcome::already_claimed);
    EXPECT_EQ(outcome_of(409, "{}"), outcome::error);
    EXPECT_EQ(outcome_of(503, R"({"type":"/problems/lock-timeout"})"), outcome::lock_timeout);
    EXPECT_EQ(outcome_of(503, ""), outcome::lock_timeout);
    EXPECT_EQ(outcome_of(503, R"({"type":"/problems/conflict"})"), outcome::conflict);
    EXPECT_EQ(outcome_of(503, R"({"type":"/problems/in-doubt"})"), outcome::in_doubt);
    EXPECT_EQ(outcome_of(503, R"({"type":"/problems/overloaded"})"), outcome::error);
    EXPECT_EQ(outcome_of(500, ""), outcome::error);
    EXPECT_EQ(outcome_of(200, ""), outcome::error);
}

TEST(service_address, is_read_from_a_url) {
    EXPECT_EQ(address_from_url("http://localhost:3000").describe(), "http://localhost:3000");
    EXPECT_EQ(address_from_url("http://example.com/").port, 80);
    EXPECT_EQ(address_from_url("http://[::1]:3001").host, "::1");
    EXPECT_EQ(address_from_url("http://[::1]:3001").describe(), "http://[::1]:3001");
    for (const char* url : {"", "localhost:3000", "https://localhost", "http://", "http://h:0",
                            "http://h:70000", "http://h/base", "http://h?x=1", "http://u:p@h"})
        EXPECT_THROW(address_from_url(url), bad_scenario) << url;
}

}  // namespace
}  // namespace dibs::load
