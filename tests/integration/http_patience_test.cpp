// How long the server waits for a client, and how many it has.
#include "tests/support/http_server.hpp"
#include "tests/support/raw_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string hello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string post = "POST /echo HTTP/1.1\r\nHost: h\r\n";

http::server_options patient(std::chrono::milliseconds http::server_patience::*what) {
    http::server_options options;
    options.patience.*what = 150ms;
    return options;
}

TEST(http_patience, ends_with_408_for_a_header) {
    http_server server(patient(&http::server_patience::header));
    raw_http client(server.port());
    EXPECT_EQ(status_of(client.say("GET /hello HT").until_closed()), 408);
}

TEST(http_patience, does_not_grow_with_every_byte) {
    http::server_options options = patient(&http::server_patience::header);
    options.limits.header_bytes = 64UL * 1024 * 1024;
    http_server server(options);
    raw_http client(server.port());
    client.say("GET /hello HTTP/1.1\r\n");
    const auto begin = steady::now();
    while (steady::now() < begin + 5s && server.count().refused == 0) client.say("X: 1\r\n");
    ASSERT_EQ(server.count().refused, 1U);
    EXPECT_EQ(status_of(client.until_closed()), 408);
}

TEST(http_patience, ends_with_408_for_a_body) {
    http_server server(patient(&http::server_patience::body));
    raw_http client(server.port());
    const std::string all = client.say(post + "Content-Length: 9\r\n\r\nhalf").until_closed();
    EXPECT_EQ(status_of(all), 408);
    EXPECT_THAT(all, HasSubstr("the body took too long"));
}

TEST(http_patience, closes_an_idle_connection_without_a_word) {
    http_server server(patient(&http::server_patience::idle));
    raw_http never_used(server.port());
    EXPECT_EQ(never_used.until_closed(), "");
    raw_http used(server.port());
    EXPECT_EQ(body_of(used.say(hello).answer()), "hello");
    EXPECT_EQ(used.until_closed(), "");
    EXPECT_EQ(server.count().refused, 0U);
}

TEST(http_patience, is_that_of_an_idle_connection_where_an_empty_line_is_half_there) {
    http_server server(patient(&http::server_patience::idle));
    raw_http client(server.port());
    EXPECT_EQ(body_of(client.say(hello).answer()), "hello");
    EXPECT_EQ(client.say("\r").until_closed(), "");
}

TEST(http_patience, does_not_count_the_handlers_time) {
    http::server_options options;
    options.patience = {150ms, 150ms, 150ms, 150ms, 150ms};
    http_server server(options);
    raw_http client(server.port());
    client.say("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
    server.await_held();
    raw_http clock(server.port());
    EXPECT_EQ(clock.until_closed(), "");  // by then every patience has passed
    server.let_go();
    EXPECT_EQ(body_of(client.answer()), "released");
}

TEST(http_patience, cuts_a_client_that_does_not_read) {
    http_server server(patient(&http::server_patience::write));
    raw_http client(server.port());
    client.say("GET /large HTTP/1.1\r\nHost: h\r\n\r\n").header_only();
    EXPECT_TRUE(server.await_connections(0));
    EXPECT_LT(client.until_closed().size(), 8UL * 1024 * 1024);
}

/// An option of this process's socket whose peer is at `port`; empty where it has none.
std::optional<int> option_towards(std::uint16_t port, int level, int name) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int descriptor = std::stoi(entry.path().filename());
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
        if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
        int value = 0;
        size = sizeof value;
        if (::getsockopt(descriptor, level, name, &value, &size) == 0) return value;
    }
    return std::nullopt;
}

// A stream sends too little to fill what the kernel keeps for who has gone.
TEST(http_patience, is_the_kernels_too_with_clients_that_have_gone) {
    http_server server(patient(&http::server_patience::write));
    raw_http client(server.port());
    EXPECT_EQ(body_of(client.say(hello).answer()), "hello");
    EXPECT_EQ(option_towards(client.socket().local_endpoint().port(), IPPROTO_TCP, TCP_USER_TIMEOUT), 150);
}

TEST(http_linger, does_not_reset_a_client_that_is_still_writing) {
    http_server server;
    raw_http client(server.port());
    EXPECT_EQ(status_of(client.say(post + "Content-Length: 200000\r\n\r\n").answer()), 413);
    EXPECT_NO_THROW(client.say(std::string(1000, 'x')));
    EXPECT_NO_THROW(client.say(std::string(200'000, 'x')));
    client.finish();
    EXPECT_EQ(client.until_closed(), "");
}

TEST(http_patience, lingers_no_longer_than_it_says) {
    http_server server(patient(&http::server_patience::linger));
    raw_http client(server.port());
    EXPECT_EQ(status_of(client.say("\n").until_closed()), 400);
    EXPECT_TRUE(server.await_connections(0));
}

TEST(http_limit, of_connections_turns_away_and_admits_again) {
    http::server_options options;
    options.limits.connections = 2;
    http_server server(options);
    auto first = std::make_unique<raw_http>(server.port());
    raw_http second(server.port());
    EXPECT_EQ(body_of(first->say(hello).answer()), "hello");
    EXPECT_EQ(body_of(second.say(hello).answer()), "hello");
    raw_http third(server.port());
    const std::string all = third.say(hello).until_closed();
    EXPECT_EQ(status_of(all), 503);
    EXPECT_THAT(all, HasSubstr("\r\nRetry-After: 1\r\n"));
    EXPECT_EQ(server.count().turned_away, 1U);
    EXPECT_EQ(body_of(second.say(hello).answer()), "hello");
    third.abort();
    first.reset();
    ASSERT_TRUE(server.await_connections(1));
    raw_http fourth(server.port());
    EXPECT_EQ(body_of(fourth.say(hello).answer()), "hello");
}

}  // namespace
}  // namespace dibs::tests
