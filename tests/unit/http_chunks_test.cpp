#include "http/chunk_decoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace dibs::http {
namespace {

using finding = chunk_decoder::finding;

const std::string wiki = "4;a;b=c\r\nWiki\r\n06\r\npedia \r\n0;z\r\nX-Sum: 1\r\n\r\n";

/// What it finds when the bytes come one by one.
finding slowly(chunk_decoder& decoder, const std::string& sent) {
    std::string pending;
    auto found = finding::incomplete;
    for (const char one : sent) {
        if (found != finding::incomplete) break;
        pending += one;
        std::string_view rest = pending;
        found = decoder.take(rest);
        pending = rest;
    }
    return found;
}

TEST(http_chunks, come_whole_or_byte_by_byte) {
    chunk_decoder whole({1000, 10});
    std::string sent = wiki + "next";
    std::string_view rest = sent;
    EXPECT_EQ(whole.take(rest), finding::complete);
    EXPECT_EQ(whole.body(), "Wikipedia ");
    EXPECT_EQ(rest, "next");
    chunk_decoder pieces({1000, 10});
    EXPECT_EQ(slowly(pieces, wiki), finding::complete);
    EXPECT_EQ(pieces.body(), "Wikipedia ");
}

finding both_ways(const std::string& sent, request_limits limits = {100, 10}) {
    chunk_decoder whole(limits);
    chunk_decoder pieces(limits);
    std::string_view rest = sent;
    const finding found = whole.take(rest);
    EXPECT_EQ(slowly(pieces, sent), found) << sent;
    return found;
}

TEST(http_chunks, are_refused_where_readers_may_differ) {
    for (const char* bad : {"\n",
                            "\r\n",
                            "g\r\n",
                            " 1\r\n",
                            "1 \r\n",
                            "0x1\r\n",
                            "-1\r\n",
                            "+1\r\n",
                            "1\n",
                            "1\r\r\n",
                            "1;\r\n",
                            "1;=a\r\n",
                            "1;a=\r\n",
                            "1;a b\r\n",
                            "1;a=\"b\"\r\n",
                            "1 ;a\r\n",
                            "1; a\r\n",
                            "1;a\n",
                            "00000000000000001\r\n",
                            "1\r\nab",
                            "1\r\na\n",
                            "0\r\nno colon\r\n",
                            "0\r\n X: 1\r\n",
                            "0\r\nX : 1\r\n",
                            "0\r\n: 1\r\n",
                            "0\r\nX: \x01\r\n",
                            "0\r\nHost: h\r\n",
                            "0\r\ncontent-length: 1\r\n",
                            "0\r\n\n"}) {
        std::string sent = bad;
        if (sent == "1\r\nab") sent += "\r\n";
        EXPECT_EQ(both_ways(sent), finding::malformed) << bad;
    }
}

TEST(http_chunks, have_limits) {
    EXPECT_EQ(both_ways("b\r\n"), finding::body_too_large);
    EXPECT_EQ(both_ways("ffffffffffffffff\r\n"), finding::body_too_large);
    EXPECT_EQ(both_ways("6\r\nabcdef\r\n5\r\n"), finding::body_too_large);
    EXPECT_EQ(both_ways("1;" + std::string(101, 'a')), finding::lines_too_large);
    const std::string extended = "1;" + std::string(60, 'a') + "\r\nx\r\n";
    EXPECT_EQ(both_ways(extended + extended), finding::lines_too_large) << "together";
    EXPECT_EQ(both_ways("0\r\nX: " + std::string(60, 'a') + "\r\nY: " + std::string(60, 'a') + "\r\n"),
              finding::lines_too_large);
}

}  // namespace
}  // namespace dibs::http
