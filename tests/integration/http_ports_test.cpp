#include "tests/support/http_server.hpp"
#include "tests/support/raw_http.hpp"
#include "tests/support/run_task.hpp"

#include <dibs/error.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using testing::HasSubstr;

const std::string hello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string held = "GET /held HTTP/1.1\r\nHost: h\r\n\r\n";

std::string why_not(http::server_options options) {
    asio::io_context io;
    http::server server(io.get_executor(), std::move(options), {});
    try {
        server.listen();
    } catch (const error& failure) {
        return failure.what();
    }
    return {};
}

http::server_options at(std::uint16_t port, std::string address) {
    http::server_options options;
    options.port = port;
    options.address = std::move(address);
    return options;
}

TEST(http_ports, are_shared_by_several_servers) {
    http_server first;
    http::server_options same;
    same.port = first.port();
    http_server second(same);
    ASSERT_EQ(second.port(), first.port());
    for (int i = 0; i < 200; ++i) {
        raw_http client(first.port(), i % 2 == 0 ? "127.0.0.1" : "::1");
        ASSERT_EQ(body_of(client.say(hello).answer()), "hello");
    }
    EXPECT_EQ(first.count().requests + second.count().requests, 200U);
    EXPECT_GT(first.count().requests, 0U);
    EXPECT_GT(second.count().requests, 0U);
}

TEST(http_ports, of_another_program_are_named_with_a_way_out) {
    asio::io_context io;
    for (const auto& address : {tcp::endpoint(asio::ip::address_v4::loopback(), 0),
                                tcp::endpoint(asio::ip::address_v6::loopback(), 0)}) {
        const tcp::acceptor foreign(io, address);
        const std::uint16_t port = foreign.local_endpoint().port();
        for (const char* wanted : {"localhost", ""}) {
            const std::string said = why_not(at(port, wanted));
            EXPECT_THAT(said, HasSubstr("port " + std::to_string(port)));
            EXPECT_THAT(said, HasSubstr("choose another port"));
        }
    }
}

TEST(http_ports, of_addresses_that_are_none_are_refused) {
    EXPECT_THAT(why_not(at(0, "example")), HasSubstr("give an IPv4 or IPv6 address"));
    EXPECT_THAT(why_not(at(0, "192.0.2.1")), HasSubstr("this host does not have that address"));
}

TEST(http_ports, may_be_of_one_address_alone) {
    http::server_options options;
    options.address = "::1";
    const http_server server(options);
    EXPECT_EQ(status_of(raw_http(server.port(), "::1").say(hello).answer()), 200);
    EXPECT_THROW(raw_http(server.port(), "127.0.0.1"), boost::system::system_error);
}

TEST(http_stop, closes_ports_and_idle_connections_at_once) {
    http_server server;
    raw_http unused(server.port());
    raw_http used(server.port());
    EXPECT_EQ(body_of(used.say(hello).answer()), "hello");
    EXPECT_EQ(server.stop(20s).wait_for(10s), std::future_status::ready);
    EXPECT_EQ(unused.until_closed(), "");
    EXPECT_EQ(used.until_closed(), "");
    EXPECT_THROW(raw_http(server.port()), boost::system::system_error);
}

TEST(http_stop, lets_a_request_under_way_be_answered) {
    http_server server;
    raw_http client(server.port());
    client.say(held);
    server.await_held();
    auto stopped = server.stop(20s);
    EXPECT_EQ(server.count().connections, 1U);
    EXPECT_NE(stopped.wait_for(0s), std::future_status::ready);
    server.let_go();
    const std::string all = client.until_closed();
    EXPECT_EQ(body_of(all), "released");
    EXPECT_THAT(all, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_EQ(stopped.wait_for(10s), std::future_status::ready);
}

TEST(http_stop, lets_a_request_that_is_half_here_arrive) {
    http_server server;
    raw_http client(server.port());
    client.say("GET /hello HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(status_of(client.header_only()), 100);
    auto stopped = server.stop(20s);
    EXPECT_EQ(server.count().connections, 1U);
    EXPECT_EQ(body_of(client.say("x").until_closed()), "hello");
    EXPECT_EQ(stopped.wait_for(10s), std::future_status::ready);
}

TEST(http_stop, answers_a_connection_that_was_not_accepted_yet) {
    asio::io_context io{1};  // not run until the client has said everything
    http::router routes;
    http::server server(io.get_executor(), at(0, "localhost"), std::move(routes));
    server.listen();
    raw_http client(server.port());
    client.say(hello);
    auto stopped = start_task(io.get_executor(), server.stop(after(20s)));
    io.run();
    EXPECT_EQ(stopped.wait_for(0s), std::future_status::ready);
    EXPECT_EQ(status_of(client.until_closed()), 404);
}

TEST(http_stop, cuts_what_is_left_when_the_time_is_over) {
    http_server server;
    raw_http client(server.port());
    client.say(held);
    server.await_held();
    EXPECT_EQ(server.stop(20ms).wait_for(10s), std::future_status::ready);
    EXPECT_EQ(client.until_closed(), "");
    EXPECT_EQ(server.count().connections, 0U);
    EXPECT_EQ(server.ended(), 0);
}

}  // namespace
}  // namespace dibs::tests
