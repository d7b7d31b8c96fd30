#include "tests/support/http_server.hpp"
#include "tests/support/raw_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string who(const std::string& fields = "") {
    return "GET /who HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

std::string id_in(const std::string& answer) {
    constexpr std::string_view name = "\r\nX-Request-Id: ";
    const std::size_t at = answer.find(name);
    if (at == std::string::npos) return {};
    return answer.substr(at + name.size(), answer.find('\r', at + name.size()) - at - name.size());
}

http::server_options trusting_loopback() {
    http::server_options options;
    options.trusted_proxies = {*http::address_block::read("127.0.0.0/8")};
    return options;
}

TEST(http_marks, name_each_request) {
    http_server server;
    raw_http client(server.port());
    const std::string first = client.say(who()).answer();
    const std::string second = client.say(who()).answer();
    EXPECT_EQ(id_in(first).size(), 16U);
    EXPECT_NE(id_in(first), id_in(second));
    EXPECT_EQ(body_of(first), "127.0.0.1|" + id_in(first) + "|");
    const std::string named = client.say(who("X-Request-Id: mine-1.2_3\r\n")).answer();
    EXPECT_EQ(id_in(named), "mine-1.2_3");
    EXPECT_EQ(body_of(named), "127.0.0.1|mine-1.2_3|");
    EXPECT_EQ(id_in(client.say(who("X-Request-Id: <script>\r\n")).answer()).size(), 16U);
    EXPECT_EQ(id_in(client.say("rubbish\r\n\r\n").answer()).size(), 16U);
}

TEST(http_marks, pass_a_trace_on) {
    http_server server;
    raw_http client(server.port());
    const std::string traced = client.say(who("traceparent: " + trace + "\r\n")).answer();
    EXPECT_THAT(traced, HasSubstr("\r\ntraceparent: " + trace + "\r\n"));
    EXPECT_THAT(std::string(body_of(traced)), HasSubstr("|" + trace));
    EXPECT_THAT(client.say(who("traceparent: 00-0-0-01\r\n")).answer(), Not(HasSubstr("traceparent")));
}

TEST(http_marks, take_the_clients_address_from_trusted_proxies_alone) {
    const std::string forwarded = "X-Forwarded-For: 203.0.113.7, 198.51.100.9\r\n";
    http_server open;
    EXPECT_THAT(std::string(body_of(raw_http(open.port()).say(who(forwarded)).answer())),
                HasSubstr("127.0.0.1|"));
    http_server behind(trusting_loopback());
    EXPECT_THAT(std::string(body_of(raw_http(behind.port()).say(who(forwarded)).answer())),
                HasSubstr("198.51.100.9|"));
}

TEST(http_rate_limit, is_counted_by_address) {
    auto options = trusting_loopback();
    options.rate_by_address = http::rate{0.01, 3};
    http_server server(options);
    raw_http client(server.port());
    const std::string greedy = "X-Forwarded-For: 203.0.113.7\r\n";
    for (int i = 0; i < 3; ++i) EXPECT_EQ(status_of(client.say(who(greedy)).answer()), 200);
    const std::string refused = client.say(who(greedy)).answer();
    EXPECT_EQ(status_of(refused), 429);
    EXPECT_THAT(refused, HasSubstr("\r\nRetry-After: 100\r\n"));
    EXPECT_THAT(refused, HasSubstr("/problems/rate-limited"));
    EXPECT_EQ(status_of(client.say(who("X-Forwarded-For: 203.0.113.8\r\n")).answer()), 200);
    EXPECT_EQ(server.count().limited, 1U);
}

TEST(http_access_log, hears_of_each_answer) {
    std::vector<std::string> heard;
    std::mutex guard;
    http::server_options options;
    options.on_answered = [&](const http::answered_request& one) {
        const std::lock_guard held(guard);
        heard.push_back(std::string(to_string(one.verb)) + " " + std::string(one.path) + " " +
                        std::to_string(one.status) + " " + std::to_string(one.bytes) + " " +
                        std::string(one.request_id) + " " + std::string(one.trace_id) + " " +
                        one.client.to_string() + (one.took > 0ns && one.took < 20s ? "" : " took"));
    };
    http_server server(options);
    raw_http client(server.port());
    const std::string marks = "X-Request-Id: one\r\ntraceparent: " + trace + "\r\n";
    const std::string first =
        client.say("GET /hello?secret HTTP/1.1\r\nHost: h\r\nAuthorization: secret\r\n" + marks + "\r\n")
            .answer();
    server.let_go();
    const std::string streamed =
        client.say("GET /stream HTTP/1.1\r\nHost: h\r\nX-Request-Id: two\r\n\r\n").until_closed();
    raw_http other(server.port());
    const std::string refused = other.say("GET /hello HTTP/1.1\r\n\r\n").until_closed();
    const std::string bytes = std::to_string(streamed.size() - std::string("0\r\n\r\n").size());
    const std::lock_guard held(guard);
    EXPECT_THAT(heard, ElementsAre("GET /hello 200 " + std::to_string(first.size()) +
                                       " one 0af7651916cd43dd8448eb211c80319c 127.0.0.1",
                                   "GET /stream 200 " + bytes + " two  127.0.0.1",
                                   "OTHER  400 " + std::to_string(refused.size()) + " " + id_in(refused) +
                                       "  127.0.0.1"));
}

}  // namespace
}  // namespace dibs::tests
