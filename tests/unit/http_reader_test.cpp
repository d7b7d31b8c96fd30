#include "http/answer_reader.hpp"
#include "http/answer_text.hpp"
#include "http/request_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace dibs::http {
namespace {

using progress = request_reader::progress;
using stage = request_reader::stage;

constexpr request_limits limits{512, 64};

void give(request_reader& reader, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto room = reader.room();
        const std::size_t size = std::min(room.size(), bytes.size());
        std::memcpy(room.data(), bytes.data(), size);
        reader.received(size);
        bytes.remove_prefix(size);
    }
}

progress read(request_reader& reader, std::string_view bytes) {
    give(reader, bytes);
    return reader.advance();
}

constexpr std::string_view claim =
    "POST /api/coupons/x/claims?a=1&b HTTP/1.1\r\nHost: h\r\nX-Lock-Strategy: queue\r\n"
    "Content-Length: 4\r\n\r\nbody";
constexpr std::string_view chunked =
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4;x=y\r\nWiki\r\n6\r\npedia \r\n0\r\nX-Trailer: forged\r\n\r\n";

TEST(http_request_reader, reads_a_request) {
    request_reader reader(limits);
    ASSERT_EQ(read(reader, claim), progress::complete);
    const request& asked = reader.message();
    EXPECT_EQ(asked.verb, method::post);
    EXPECT_EQ(asked.path, "/api/coupons/x/claims");
    EXPECT_EQ(asked.query, "a=1&b");
    EXPECT_EQ(asked.target, "/api/coupons/x/claims?a=1&b");
    EXPECT_EQ(asked.header("x-lock-strategy"), "queue");
    EXPECT_FALSE(asked.header("X-Trailer"));
    EXPECT_EQ(asked.body, "body");
    EXPECT_TRUE(reader.keep_alive());
}

TEST(http_request_reader, reads_the_same_byte_by_byte) {
    for (const std::string_view text : {claim, chunked}) {
        request_reader reader(limits);
        for (std::size_t i = 0; i + 1 < text.size(); ++i) {
            const stage before = i == 0 ? stage::idle : stage::header;
            if (reader.reading() != stage::body) {
                EXPECT_EQ(reader.reading(), before) << i;
            }
            ASSERT_EQ(read(reader, text.substr(i, 1)), progress::need_more) << i;
        }
        ASSERT_EQ(read(reader, text.substr(text.size() - 1)), progress::complete);
        EXPECT_EQ(reader.message().body, text == claim ? "body" : "Wikipedia ");
    }
}

TEST(http_request_reader, keeps_a_trailer_out_of_the_header) {
    request_reader reader(limits);
    ASSERT_EQ(read(reader, chunked), progress::complete);
    EXPECT_FALSE(reader.message().header("X-Trailer"));
}

TEST(http_request_reader, reads_one_request_after_the_other) {
    request_reader reader(limits);
    std::string many;
    for (int i = 0; i < 300; ++i) many += std::string(claim) + "\r\n" + std::string(chunked);
    give(reader, many);
    for (int i = 0; i < 300; ++i) {
        ASSERT_EQ(reader.advance(), progress::complete) << i;
        EXPECT_EQ(reader.message().body, "body");
        reader.next();
        ASSERT_EQ(reader.advance(), progress::complete) << i;
        EXPECT_EQ(reader.message().body, "Wikipedia ");
        reader.next();
    }
    EXPECT_EQ(reader.advance(), progress::need_more);
    EXPECT_EQ(reader.reading(), stage::idle);
}

TEST(http_request_reader, understands_a_target_with_a_host) {
    for (const auto& [target, path] : {std::pair{"http://h/a?b", "/a"}, {"HTTP://h", "/"}}) {
        request_reader reader(limits);
        const std::string text = std::string("GET ") + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
        ASSERT_EQ(read(reader, text), progress::complete) << target;
        EXPECT_EQ(reader.message().path, path);
    }
}

TEST(http_request_reader, tells_which_clients_keep_their_connection) {
    const auto keeps = [](const std::string& line_and_fields) {
        request_reader reader(limits);
        EXPECT_EQ(read(reader, line_and_fields + "\r\n"), progress::complete) << line_and_fields;
        return reader.keep_alive();
    };
    EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n"));
    EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n"));
    EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n"));
    EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n"));
}

TEST(http_request_reader, asks_once_for_a_body_that_waits) {
    request_reader reader(limits);
    constexpr std::string_view header =
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    ASSERT_EQ(read(reader, header), progress::need_more);
    EXPECT_TRUE(reader.take_continue());
    EXPECT_FALSE(reader.take_continue());
    ASSERT_EQ(read(reader, "ok"), progress::complete);
    request_reader impatient(limits);
    ASSERT_EQ(read(impatient, std::string(header) + "o"), progress::need_more);
    EXPECT_FALSE(impatient.take_continue());
}

TEST(http_request_reader, bounds_what_it_reads) {
    const auto status = [](const std::string& text) {
        request_reader reader(limits);
        return read(reader, text) == progress::refused ? reader.why_refused().status : 0;
    };
    const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(600, 'x')), 431);
    EXPECT_EQ(status("GET /" + std::string(600, 'x')), 431);
    EXPECT_EQ(status(post + "Content-Length: 64\r\n\r\n" + std::string(64, 'x')), 0);
    EXPECT_EQ(status(post + "Content-Length: 65\r\n\r\n"), 413);
    EXPECT_EQ(status(post + "Content-Length: 18446744073709551616\r\n\r\n"), 400);
    const std::string chunks = post + "Transfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(status(chunks + "40\r\n" + std::string(64, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n"), 413);
    EXPECT_EQ(status(chunks + "1;" + std::string(600, 'x')), 431);
    EXPECT_EQ(status(chunks + "0\r\nX: " + std::string(600, 'x')), 431);
    EXPECT_EQ(status(chunks + "fffffffffffffffff\r\n"), 400);
}

TEST(http_request_reader, refuses_a_long_trailer_alike_however_it_arrives) {
    const std::string malformed = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" +
                                  std::string(600, '(') + "\r\n\r\n";
    request_reader whole(limits);
    EXPECT_EQ(read(whole, malformed), progress::refused);
    request_reader sliced(limits);
    for (std::size_t i = 0;
         i < malformed.size() && read(sliced, malformed.substr(i, 1)) == progress::need_more;)
        ++i;
    EXPECT_EQ(sliced.why_refused().status, 431);
    EXPECT_EQ(whole.why_refused().status, 431);
}

TEST(http_request_reader, refuses_a_bare_line_feed_before_the_header_ends) {
    request_reader reader(limits);
    EXPECT_EQ(read(reader, "GET / HTTP/1.1\nHost: h\n\n"), progress::refused);
}

TEST(http_answer_text, drops_line_ends_within_a_field) {
    response what;
    what.headers.emplace_back("X-A", "1\r\nX-B: 2");
    std::string out;
    append_answer(out, what, {"now", "id", {}}, persistence::keep, body_sent::whole);
    EXPECT_NE(out.find("X-A: 1X-B: 2\r\n"), std::string::npos);
    EXPECT_EQ(out.find("\nX-B"), std::string::npos);
}

TEST(http_answer_text, has_no_length_where_no_body_may_be) {
    response what;
    what.status = 204;
    what.body = "x";
    std::string out;
    append_answer(out, what, {"now", "id", {}}, persistence::close, body_sent::whole);
    EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\nDate: now\r\nX-Request-Id: id\r\nConnection: close\r\n\r\n");
}

TEST(http_answer_text, writes_the_date_as_http_has_it) {
    date_text date;
    const std::chrono::system_clock::time_point then(std::chrono::seconds(784111777));
    EXPECT_EQ(date.at(then), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(date.at(then + std::chrono::milliseconds(999)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(date.at(then + std::chrono::seconds(1)), "Sun, 06 Nov 1994 08:49:38 GMT");
}

TEST(http_answer_reader, reads_what_servers_send) {
    boost::system::error_code failed;
    answer_reader counted(method::get);
    constexpr std::string_view text =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nokHTTP";
    EXPECT_EQ(counted.take(text, failed), text.size() - 4);
    EXPECT_TRUE(counted.complete());
    EXPECT_EQ(counted.status(), 201);
    EXPECT_EQ(counted.take_body(), "ok");

    answer_reader head(method::head);
    head.take("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", failed);
    EXPECT_TRUE(head.complete());

    answer_reader until_end(method::get);
    until_end.take("HTTP/1.1 200 OK\r\n\r\nall of", failed);
    until_end.take(" it", failed);
    EXPECT_FALSE(until_end.complete());
    EXPECT_TRUE(until_end.end());
    EXPECT_EQ(until_end.take_body(), "all of it");

    answer_reader cut(method::get);
    cut.take("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", failed);
    EXPECT_FALSE(cut.end());
    answer_reader garbage(method::get);
    garbage.take("SSH-2.0-OpenSSH\r\n", failed);
    EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace dibs::http
