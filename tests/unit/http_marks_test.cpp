#include "http/log_text.hpp"
#include "http/request_id.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace dibs::http {
namespace {

TEST(http_request_id, is_plain) {
    for (const std::string& good : {std::string("a"), std::string("A.b_c-9"), std::string(64, 'x')})
        EXPECT_TRUE(is_request_id(good)) << good;
    for (const std::string& bad :
         {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a\r\nb"),
          std::string("\xc3\xa4"), std::string("a/b"), std::string(1, '\0')})
        EXPECT_FALSE(is_request_id(bad)) << bad;
}

TEST(http_request_id, is_made_once) {
    request_id_maker maker(1);
    std::set<request_id_maker::text> all;
    for (int i = 0; i < 10'000; ++i) {
        const auto made = maker.next();
        EXPECT_TRUE(is_request_id({made.data(), made.size()}));
        all.insert(made);
    }
    EXPECT_EQ(all.size(), 10'000U);
}

const std::string good_trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(http_traceparent, is_taken_apart) {
    const auto read = read_traceparent(good_trace);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->trace_id, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(read->parent_id, "b7ad6b7169203331");
    EXPECT_EQ(read->flags, "01");
    EXPECT_TRUE(read_traceparent("01" + good_trace.substr(2) + "-more")) << "a later version may say more";
}

TEST(http_traceparent, is_read_strictly) {
    std::string upper = good_trace;
    upper[4] = 'A';
    for (const std::string& bad :
         {std::string(), std::string("00"), good_trace + "-more", good_trace + "0",
          "ff" + good_trace.substr(2), "01" + good_trace.substr(2) + "more", upper, good_trace.substr(0, 54),
          "00-" + std::string(32, '0') + good_trace.substr(35),
          good_trace.substr(0, 36) + std::string(16, '0') + "-01", "0g" + good_trace.substr(2),
          good_trace.substr(0, 53) + "0\n"})
        EXPECT_FALSE(read_traceparent(bad)) << bad;
}

TEST(http_log_text, cannot_begin_a_line) {
    EXPECT_EQ(log_text("a\r\nb"), "a\\x0d\\x0ab");
    EXPECT_EQ(log_text(std::string("\0\x1b[31m\x7f", 7)), "\\x00\\x1b[31m\\x7f");
    EXPECT_EQ(log_text("\\x0a"), "\\\\x0a");
    EXPECT_EQ(log_text("\xc3\xa4 b"), "\xc3\xa4 b");
}

}  // namespace
}  // namespace dibs::http
