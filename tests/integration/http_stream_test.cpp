#include "tests/support/http_server.hpp"
#include "tests/support/raw_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const std::string two_lines = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string flood = "GET /stream/flood HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string first_chunk = "4\r\none\n\r\n";

TEST(http_stream, sends_each_piece_when_it_is_written) {
    http_server server;
    raw_http client(server.port());
    client.say("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n" + two_lines);
    EXPECT_EQ(body_of(client.answer()), "hello");
    const std::string header = client.header_only();
    EXPECT_THAT(header, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_THAT(header, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(header, Not(HasSubstr("Content-Length")));
    EXPECT_EQ(client.take(first_chunk.size()), first_chunk);
    EXPECT_EQ(server.ended(), 0);
    server.let_go();
    EXPECT_EQ(client.until_closed(), "4\r\ntwo\n\r\n0\r\n\r\n");
}

TEST(http_stream, ends_with_the_connection_in_http_1_0) {
    http_server server;
    raw_http client(server.port());
    server.let_go();
    client.say("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const std::string header = client.header_only();
    EXPECT_THAT(header, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(header, Not(HasSubstr("Transfer-Encoding")));
    EXPECT_EQ(client.until_closed(), "one\ntwo\n");
}

TEST(http_stream, does_not_begin_for_head) {
    http_server server;
    raw_http client(server.port());
    const std::string all = client.say("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n").until_closed();
    EXPECT_EQ(status_of(all), 200);
    EXPECT_EQ(body_of(all), "");
    EXPECT_EQ(server.ended(), 0);
}

TEST(http_stream, ends_when_its_client_leaves) {
    for (const bool politely : {true, false}) {
        http_server server;
        raw_http client(server.port());
        client.say(two_lines).header_only();
        server.await_held();
        if (politely)
            client.finish();
        else
            client.abort();
        EXPECT_TRUE(server.await_connections(0));
        EXPECT_EQ(server.ended(), 1);
    }
}

TEST(http_stream, carries_out_no_request_that_follows) {
    http_server server;
    raw_http client(server.port());
    client.say(two_lines).header_only();
    server.await_held();
    client.say("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    server.let_go();
    EXPECT_THAT(client.until_closed(), Not(HasSubstr("hello")));
    EXPECT_EQ(server.count().requests, 1U);
}

TEST(http_stream, is_ended_at_once_by_stop) {
    http::server_options options;
    options.patience.linger = 60s;
    http_server server(options);
    raw_http waits(server.port());
    waits.say(two_lines).header_only();
    server.await_held();
    raw_http does_not_read(server.port());
    does_not_read.say(flood).header_only();
    EXPECT_EQ(server.stop(60s).wait_for(10s), std::future_status::ready);
    EXPECT_EQ(waits.until_closed(), first_chunk) << "a body that is cut short has no last chunk";
    EXPECT_EQ(server.ended(), 2);
}

TEST(http_stream, is_cut_when_its_client_does_not_read) {
    http::server_options options;
    options.patience.write = 150ms;
    http_server server(options);
    raw_http client(server.port());
    client.say(flood).header_only();
    EXPECT_TRUE(server.await_connections(0));
    EXPECT_EQ(server.ended(), 1);
}

TEST(http_stream, lacks_its_last_chunk_when_it_fails) {
    http_server server;
    raw_http client(server.port());
    client.say("GET /stream/fails HTTP/1.1\r\nHost: h\r\n\r\n").header_only();
    EXPECT_EQ(client.until_closed(), first_chunk);
}

}  // namespace
}  // namespace dibs::tests
