#include "tests/support/http_server.hpp"

#include "tests/support/raw_http.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string get(const std::string& path, const std::string& fields = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}
std::string echo(const std::string& body) {
    return "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

TEST(http_server, answers_over_both_kinds_of_address) {
    http_server server;
    for (const char* address : {"127.0.0.1", "::1"}) {
        raw_http client(server.port(), address);
        const std::string answer = client.say(get("/hello")).answer();
        EXPECT_EQ(status_of(answer), 200) << address;
        EXPECT_EQ(body_of(answer), "hello");
        EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
        EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: text/plain\r\n"));
        EXPECT_THAT(answer, Not(HasSubstr("Connection")));
    }
}

TEST(http_server, keeps_the_connection) {
    http_server server;
    raw_http client(server.port());
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(body_of(client.say(echo(std::to_string(i))).answer()), std::to_string(i));
    EXPECT_EQ(server.count().requests, 50U);
    EXPECT_EQ(server.count().connections, 1U);
}

TEST(http_server, closes_when_the_client_says_so) {
    http_server server;
    raw_http client(server.port());
    const std::string all = client.say(get("/hello", "Connection: close\r\n")).until_closed();
    EXPECT_EQ(status_of(all), 200);
    EXPECT_THAT(all, HasSubstr("\r\nConnection: close\r\n"));
}

TEST(http_server, speaks_http_1_0) {
    http_server server;
    raw_http once(server.port());
    EXPECT_EQ(body_of(once.say("GET /hello HTTP/1.0\r\n\r\n").until_closed()), "hello");
    raw_http kept(server.port());
    const std::string first = kept.say("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").answer();
    EXPECT_THAT(first, HasSubstr("\r\nConnection: keep-alive\r\n"));
    EXPECT_EQ(body_of(kept.say("GET /hello HTTP/1.0\r\n\r\n").until_closed()), "hello");
}

TEST(http_server, answers_head_without_the_body) {
    http_server server;
    raw_http client(server.port());
    client.say("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" + get("/hello"));
    EXPECT_THAT(client.header_only(), HasSubstr("\r\nContent-Length: 5\r\n"));
    EXPECT_EQ(body_of(client.answer()), "hello");
}

TEST(http_server, answers_pipelined_requests_in_order) {
    http_server server;
    raw_http client(server.port());
    std::string many;
    for (int i = 0; i < 200; ++i) many += echo(std::to_string(i)) + get("/items/" + std::to_string(i) + "?q");
    client.say(many);
    for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(body_of(client.answer()), std::to_string(i));
        ASSERT_EQ(body_of(client.answer()), std::to_string(i) + "|q");
    }
}

TEST(http_server, holds_no_answer_back_for_the_next_handler) {
    http_server server;
    raw_http client(server.port());
    client.say(get("/hello") + get("/items/1") + get("/held") + get("/hello"));
    EXPECT_EQ(body_of(client.answer()), "hello");
    EXPECT_EQ(body_of(client.answer()), "1|");
    server.await_held();
    EXPECT_EQ(server.ended(), 0);
    server.let_go();
    EXPECT_EQ(body_of(client.answer()), "released");
    EXPECT_EQ(body_of(client.answer()), "hello");
}

TEST(http_server, writes_what_was_kept_back_once) {
    http_server server;
    raw_http client(server.port());
    client.say(get("/hello") + get("/large") + get("/items/1") + get("/hello"));
    EXPECT_EQ(body_of(client.answer()), "hello");
    EXPECT_EQ(body_of(client.answer()), std::string(8UL * 1024 * 1024, 'x'));
    EXPECT_EQ(body_of(client.answer()), "1|");
    EXPECT_EQ(body_of(client.answer()), "hello");
}

TEST(http_server, answers_what_came_before_a_malformed_request_and_closes) {
    http_server server;
    raw_http client(server.port());
    client.say(get("/hello") + "NOT HTTP\r\n\r\n" + get("/hello"));
    EXPECT_EQ(body_of(client.answer()), "hello");
    const std::string rest = client.until_closed();
    EXPECT_EQ(status_of(rest), 400);
    EXPECT_THAT(rest, Not(HasSubstr("hello")));
}

TEST(http_server, accepts_chunked_bodies_in_pieces) {
    http_server server;
    raw_http client(server.port());
    client.say("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n4;x=y\r\nWi");
    client.say("ki\r\n6\r\npedia \r\n");
    client.say("0\r\nX-Trailer: 1\r\n\r\n" + get("/hello"));
    EXPECT_EQ(body_of(client.answer()), "Wikipedia ");
    EXPECT_EQ(body_of(client.answer()), "hello");
}

TEST(http_server, tells_a_client_to_go_on_with_its_body) {
    http_server server;
    raw_http client(server.port());
    client.say("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.header_only(), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(body_of(client.say("ok").answer()), "ok");
}

TEST(http_server, writes_more_than_the_socket_holds) {
    http_server server;
    raw_http client(server.port());
    EXPECT_EQ(body_of(client.say(get("/large") + get("/hello")).answer()).size(), 8UL * 1024 * 1024);
    EXPECT_EQ(body_of(client.answer()), "hello");
}

struct trouble {
    std::string sent;
    int status;
};

TEST(http_server, answers_trouble_with_a_problem_and_keeps_the_connection) {
    http_server server;
    raw_http client(server.port());
    const trouble all[] = {{get("/nowhere"), 404},  {get("/echo"), 405},
                           {get("/items/%f"), 400}, {get("/throws"), 500},
                           {get("/away"), 503},     {"BREW /hello HTTP/1.1\r\nHost: h\r\n\r\n", 501}};
    for (const auto& [sent, status] : all) {
        const std::string answer = client.say(sent).answer();
        EXPECT_EQ(status_of(answer), status) << sent;
        EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: application/problem+json\r\n"));
        EXPECT_EQ(boost::json::parse(body_of(answer)).at("status").as_int64(), status);
        EXPECT_THAT(answer, Not(HasSubstr("secret")));
        if (status == 405) {
            EXPECT_THAT(answer, HasSubstr("\r\nAllow: POST\r\n"));
        }
        if (status == 503) {
            EXPECT_THAT(answer, HasSubstr("\r\nRetry-After: "));
        }
    }
    EXPECT_EQ(body_of(client.say(get("/hello")).answer()), "hello");
}

TEST(http_server, lets_no_handler_split_its_answer) {
    http_server server;
    raw_http client(server.port());
    EXPECT_THAT(client.say(get("/crlf")).answer(), Not(HasSubstr("\nX-Forged")));
}

TEST(http_server, runs_a_handler_to_its_end_when_the_client_goes) {
    http_server server;
    raw_http leaving(server.port());
    leaving.say(get("/held"));
    server.await_held();
    leaving.abort();
    raw_http other(server.port());
    EXPECT_EQ(body_of(other.say(get("/hello")).answer()), "hello");
    EXPECT_EQ(server.ended(), 0);
    server.let_go();
    other.say(get("/held"));
    server.await_held();
    EXPECT_EQ(status_of(other.answer()), 200);
    ASSERT_TRUE(server.await_connections(1));  // the one that left has ended
    EXPECT_EQ(server.ended(), 2);
}

TEST(http_server, answers_a_client_that_has_ended_its_half) {
    http_server server;
    raw_http client(server.port());
    client.say(get("/hello") + get("/hello")).finish();
    const std::string all = client.until_closed();
    EXPECT_EQ(status_of(all), 200);
    EXPECT_TRUE(all.ends_with("hello"));
}

}  // namespace
}  // namespace dibs::tests
