#include "core/spawn.hpp"
#include "core/timeout.hpp"
#include "http/client.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/run_task.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using http::client_connection;
using http::client_request;
using http::client_response;
using testing::HasSubstr;

client_request get(std::string target) {
    client_request asked;
    asked.target = std::move(target);
    return asked;
}

client_request echo(std::string body) {
    client_request asked;
    asked.verb = http::method::post;
    asked.target = "/echo";
    asked.body = std::move(body);
    return asked;
}

class http_client : public testing::Test {
   protected:
    client_response ask(client_connection& line, const client_request& what, deadline until = after(20s)) {
        return run_task(io, line.send(what, until));
    }

    asio::io_context io{1};
};

TEST_F(http_client, reaches_a_server_by_name_and_by_number) {
    http_server server;
    for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
        client_connection line(io.get_executor(), host, server.port());
        const client_response said = ask(line, get("/hello"));
        EXPECT_EQ(said.status, 200) << host << said.error;
        EXPECT_EQ(said.body, "hello");
    }
}

TEST_F(http_client, tries_the_addresses_of_a_name_in_turn) {
    for (const char* only : {"127.0.0.1", "::1"}) {
        http::server_options options;
        options.address = only;
        http_server server(options);
        client_connection line(io.get_executor(), "localhost", server.port());
        EXPECT_EQ(ask(line, get("/hello")).status, 200) << only;
    }
}

TEST_F(http_client, keeps_its_connection_and_counts_bytes_and_time) {
    http_server server;
    client_connection line(io.get_executor(), "127.0.0.1", server.port());
    for (int i = 0; i < 20; ++i) {
        const client_response said = ask(line, echo(std::string(1000, 'x')));
        EXPECT_EQ(said.body.size(), 1000U);
        EXPECT_GT(said.bytes_sent, 1000U);
        EXPECT_LT(said.bytes_sent, 1300U);
        EXPECT_GT(said.bytes_received, 1000U);
        EXPECT_LT(said.bytes_received, 1300U);
        EXPECT_GT(said.took, 0ns);
    }
    EXPECT_EQ(server.count().connections, 1U);
}

TEST_F(http_client, moves_large_bodies) {
    http::server_options options;
    options.limits.body_bytes = 4UL * 1024 * 1024;
    http_server server(options);
    client_connection line(io.get_executor(), "127.0.0.1", server.port());
    EXPECT_EQ(ask(line, echo(std::string(4UL * 1024 * 1024, 'x'))).body.size(), 4UL * 1024 * 1024);
    EXPECT_EQ(ask(line, get("/large")).body.size(), 8UL * 1024 * 1024);
    EXPECT_EQ(server.count().connections, 1U);
}

TEST_F(http_client, replaces_a_connection_that_was_closed_while_idle) {
    http::server_options options;
    options.patience.idle = 200ms;
    http_server server(options);
    client_connection line(io.get_executor(), "127.0.0.1", server.port());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(ask(line, get("/hello")).body, "hello");
        ASSERT_TRUE(server.await_connections(0));
    }
}

TEST_F(http_client, closes_when_the_server_says_so) {
    http_server server;
    client_connection line(io.get_executor(), "127.0.0.1", server.port());
    client_request last = get("/hello");
    last.headers.emplace_back("Connection", "close");
    EXPECT_EQ(ask(line, last).status, 200);
    EXPECT_FALSE(line.connected());
    EXPECT_EQ(ask(line, get("/hello")).status, 200);
    EXPECT_TRUE(line.connected());
}

TEST_F(http_client, gives_a_refused_connection_as_a_value) {
    std::uint16_t port = 0;
    {
        const tcp::acceptor none_soon(io, {asio::ip::address_v4::loopback(), 0});
        port = none_soon.local_endpoint().port();
    }
    client_connection line(io.get_executor(), "127.0.0.1", port);
    const client_response said = ask(line, get("/hello"));
    EXPECT_EQ(said.status, 0);
    EXPECT_THAT(said.error, HasSubstr("no connection to 127.0.0.1:" + std::to_string(port)));
    EXPECT_THAT(said.error, HasSubstr("refused"));
    EXPECT_EQ(said.bytes_sent, 0U);
    EXPECT_EQ(said.took, 0ns);
}

TEST_F(http_client, gives_up_at_the_deadline_and_starts_afresh) {
    http_server server;
    client_connection line(io.get_executor(), "127.0.0.1", server.port());
    EXPECT_EQ(ask(line, get("/hello"), after(1h)).status, 200);
    const client_response late = ask(line, get("/held"), after(30ms));
    EXPECT_EQ(late.status, 0);
    EXPECT_THAT(late.error, HasSubstr("the time for it is over"));
    EXPECT_GT(late.bytes_sent, 0U);
    EXPECT_GE(late.took, 25ms);
    EXPECT_EQ(ask(line, get("/hello")).body, "hello");
}

TEST_F(http_client, that_is_cancelled_closes_its_connection) {
    http_server server;
    client_connection line(io.get_executor(), "127.0.0.1", server.port());
    asio::cancellation_signal cut;
    const client_request asked = get("/held");
    std::exception_ptr ended;
    std::optional<client_response> answered;
    spawn(io.get_executor(), keep(line.send(asked, after(20s)), answered), cut.slot(),
          [&](std::exception_ptr failed) { ended = std::move(failed); });
    while (!line.connected()) io.run_one();
    io.poll();
    server.await_held();
    cut.emit(asio::cancellation_type::terminal);
    io.run_for(20s);
    EXPECT_TRUE(ended);
    EXPECT_FALSE(line.connected());
    io.restart();
    EXPECT_EQ(ask(line, get("/hello")).body, "hello");
}

/// Says to each of its connections, once something has arrived there, the next of its lines, and closes.
class scripted_server {
   public:
    explicit scripted_server(std::vector<std::string> says)
        : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), thread_([this, lines = std::move(says)] {
              for (const std::string& line : lines) say(line);
          }) {}
    ~scripted_server() { thread_.join(); }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

   private:
    void say(const std::string& line) {
        tcp::socket client = acceptor_.accept();
        std::string asked(4096, '\0');
        client.read_some(asio::buffer(asked));
        asio::write(client, asio::buffer(line));
    }

    asio::io_context io_;
    tcp::acceptor acceptor_;
    std::thread thread_;
};

TEST_F(http_client, reads_answers_of_other_servers) {
    scripted_server server({"HTTP/1.0 200 OK\r\n\r\nuntil the end",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"});
    client_connection line(io.get_executor(), "127.0.0.1", server.port());
    EXPECT_EQ(ask(line, get("/")).body, "until the end");
    EXPECT_EQ(ask(line, get("/")).body, "abc");
    EXPECT_EQ(ask(line, get("/")).status, 204);
}

TEST_F(http_client, gives_broken_answers_as_values) {
    scripted_server server(
        {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "SSH-2.0-OpenSSH\r\n",
         "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged",
         "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown"});
    client_connection line(io.get_executor(), "127.0.0.1", server.port());
    const client_response nothing = ask(line, get("/"));
    EXPECT_EQ(nothing.status, 0);
    EXPECT_THAT(nothing.error, HasSubstr("the server closed the connection"));
    EXPECT_GT(nothing.bytes_sent, 0U);
    EXPECT_EQ(ask(line, get("/")).status, 0);
    EXPECT_THAT(ask(line, get("/")).error, HasSubstr("bad version"));
    EXPECT_EQ(ask(line, get("/")).body, "");
    EXPECT_EQ(ask(line, get("/")).body, "own");  // and not what the last one sent too much
}

}  // namespace
}  // namespace dibs::tests
