#include "http/client_address.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dibs::http {
namespace {

asio::ip::address of(const char* text) { return asio::ip::make_address(text); }

bool block_has(const char* block, const char* one) { return address_block::read(block)->has(of(one)); }

TEST(http_address_block, has_those_that_begin_alike) {
    EXPECT_TRUE(block_has("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(block_has("10.0.0.0/8", "11.0.0.1"));
    EXPECT_TRUE(block_has("10.1.2.3/8", "10.255.0.1"));
    EXPECT_TRUE(block_has("192.0.2.7", "192.0.2.7"));
    EXPECT_FALSE(block_has("192.0.2.7", "192.0.2.6"));
    EXPECT_TRUE(block_has("0.0.0.0/0", "203.0.113.1"));
    EXPECT_FALSE(block_has("0.0.0.0/0", "2001:db8::1"));
    EXPECT_TRUE(block_has("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(block_has("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(block_has("::/0", "2001:db8::1"));
}

TEST(http_address_block, is_read_strictly) {
    for (const char* rubbish : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8",
                                "::/129", "example.org/8", "10.0.0.0/8/8", "fe80::1%1/64", " 10.0.0.0/8"})
        EXPECT_FALSE(address_block::read(rubbish)) << rubbish;
}

std::string found(const char* peer, const std::vector<std::string>& forwarded) {
    const std::vector<address_block> trusted{*address_block::read("10.0.0.0/8"),
                                             *address_block::read("fd00::/8")};
    std::vector<header_field> fields{{"Forwarded", "for=192.0.2.99"}};
    for (const auto& one : forwarded) fields.push_back({"x-forwarded-for", one});
    return client_address(of(peer), fields, trusted).to_string();
}

TEST(http_client_address, is_the_right_most_that_is_not_trusted) {
    EXPECT_EQ(found("10.0.0.1", {"203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(found("10.0.0.1", {"1.1.1.1, 203.0.113.7, 10.0.0.2"}), "203.0.113.7");
    EXPECT_EQ(found("10.0.0.1", {"1.1.1.1,203.0.113.7", "10.0.0.3,10.0.0.2"}), "203.0.113.7");
    EXPECT_EQ(found("fd00::1", {"2001:db8::1"}), "2001:db8::1");
    EXPECT_EQ(found("::ffff:10.0.0.1", {"::ffff:203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(found("10.0.0.1", {"203.0.113.7:4711"}), "203.0.113.7");
    EXPECT_EQ(found("10.0.0.1", {"[2001:db8::1]:4711"}), "2001:db8::1");
}

TEST(http_client_address, is_the_peer_where_it_is_not_trusted) {
    EXPECT_EQ(found("203.0.113.1", {"198.51.100.1"}), "203.0.113.1");
    EXPECT_EQ(found("10.0.0.1", {}), "10.0.0.1");
    EXPECT_EQ(client_address(of("::ffff:203.0.113.1"), {}, {}).to_string(), "203.0.113.1");
}

TEST(http_client_address, ends_at_rubbish) {
    for (const char* rubbish : {"unknown", "203.0.113.7 x", "_hidden", "999.1.1.1", "\xff", "[", "[]", ":",
                                "", ",", "1.1.1.1,", "fe80::1%eth0", "203.0.113.7\t,unknown"})
        EXPECT_EQ(found("10.0.0.1", {rubbish}), "10.0.0.1") << rubbish;
    EXPECT_EQ(found("10.0.0.1", {"203.0.113.7, rubbish, 10.0.0.2"}), "10.0.0.2");
    EXPECT_EQ(found("10.0.0.1", {"10.0.0.3, 10.0.0.2"}), "10.0.0.3");
}

}  // namespace
}  // namespace dibs::http
