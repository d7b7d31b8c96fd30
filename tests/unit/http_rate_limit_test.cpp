#include "http/rate_limit.hpp"

#include <gtest/gtest.h>

namespace dibs::http {
namespace {

using namespace std::chrono_literals;

const steady::time_point zero{};
rate_key user(std::uint64_t number) { return {0, number}; }

TEST(http_rate_limit, admits_a_burst_and_then_the_rate) {
    rate_limit limit({10, 3}, 100);
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit.refuse(user(1), zero)) << i;
    EXPECT_EQ(limit.refuse(user(1), zero), 100ms);
    EXPECT_EQ(limit.refuse(user(1), zero + 40ms), 60ms) << "a refusal costs nothing";
    EXPECT_FALSE(limit.refuse(user(1), zero + 100ms));
    EXPECT_TRUE(limit.refuse(user(1), zero + 100ms));
    EXPECT_FALSE(limit.refuse(user(1), zero + 200ms));
}

TEST(http_rate_limit, lets_nobody_save_more_than_a_burst) {
    rate_limit limit({10, 3}, 100);
    EXPECT_FALSE(limit.refuse(user(1), zero));
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit.refuse(user(1), zero + 1h));
    EXPECT_TRUE(limit.refuse(user(1), zero + 1h));
}

TEST(http_rate_limit, disturbs_nobody_else) {
    rate_limit limit({1, 1}, 100);
    for (int i = 0; i < 1000; ++i) limit.refuse(user(1), zero);
    EXPECT_TRUE(limit.refuse(user(1), zero));
    EXPECT_FALSE(limit.refuse(user(2), zero));
}

TEST(http_rate_limit, remembers_those_it_has_seen_last) {
    rate_limit limit({1, 1}, 3);
    for (std::uint64_t i = 0; i < 3; ++i) EXPECT_FALSE(limit.refuse(user(i), zero));
    EXPECT_TRUE(limit.refuse(user(0), zero));   // seen again
    EXPECT_FALSE(limit.refuse(user(9), zero));  // drives user 1 out
    EXPECT_EQ(limit.keys(), 3U);
    EXPECT_TRUE(limit.refuse(user(0), zero));
    EXPECT_FALSE(limit.refuse(user(1), zero));
}

rate_key key(const char* address) { return key_of(asio::ip::make_address(address)); }

TEST(http_rate_key, is_an_address_or_a_network_of_version_6) {
    EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
    EXPECT_EQ(key("2001:db8::1"), key("2001:db8::2"));
    EXPECT_NE(key("2001:db8::1"), key("2001:db8:0:1::1"));
    EXPECT_NE(key("0.0.0.0"), key("::"));
}

TEST(http_rate_limit, says_when_to_come_again_in_whole_seconds) {
    EXPECT_EQ(rate_limited(1ms).headers.at(0).second, "1");
    EXPECT_EQ(rate_limited(1001ms).headers.at(0).second, "2");
    EXPECT_EQ(rate_limited(0ms).headers.at(0).second, "1");
}

}  // namespace
}  // namespace dibs::http
