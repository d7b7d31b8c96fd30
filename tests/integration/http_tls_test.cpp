#include "tests/support/certificate.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/raw_http.hpp"
#include "tests/support/tls_http.hpp"

#include <dibs/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::ThrowsMessage;

const std::string hello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string large = "GET /large HTTP/1.1\r\nHost: h\r\n\r\n";

class http_tls : public testing::Test {
   protected:
    http_tls() {
        std::string name = std::filesystem::temp_directory_path() / "dibs-tls-XXXXXX";
        folder = ::mkdtemp(name.data());
        options.tls = make_certificate(folder, "first");
    }

   public:
    ~http_tls() override { std::filesystem::remove_all(folder); }

   protected:
    std::filesystem::path folder;
    http::server_options options;
};

TEST_F(http_tls, is_version_1_2_or_1_3) {
    http_server server(options);
    EXPECT_EQ(tls_http(server.port()).version(), "TLSv1.3");
    EXPECT_EQ(tls_http(server.port(), TLS1_2_VERSION).version(), "TLSv1.2");
    EXPECT_THROW(tls_http(server.port(), TLS1_1_VERSION), boost::system::system_error);
}

TEST_F(http_tls, carries_what_goes_without_it) {
    http_server server(options);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        tls_http client(server.port(), version);
        const std::string much(60'000, 'x');
        client.say("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n" + much);
        EXPECT_EQ(body_of(client.answer()), much);
        client.say(hello + large + hello + hello);
        EXPECT_EQ(body_of(client.answer()), "hello");
        EXPECT_EQ(body_of(client.answer()).size(), 8UL * 1024 * 1024);
        EXPECT_EQ(body_of(client.answer()), "hello");
        EXPECT_EQ(body_of(client.answer()), "hello");
        client.say("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        EXPECT_EQ(body_of(client.until_closed()), "hello");
    }
}

TEST_F(http_tls, holds_no_answer_back_for_the_next_handler) {
    http_server server(options);
    tls_http client(server.port());
    client.say(hello + "GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(body_of(client.answer()), "hello");
    server.let_go();
    EXPECT_EQ(body_of(client.answer()), "released");
}

TEST_F(http_tls, carries_streams) {
    http_server server(options);
    tls_http client(server.port());
    client.say("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").header_only();
    EXPECT_EQ(client.take(9), "4\r\none\n\r\n");
    server.let_go();
    EXPECT_EQ(client.until_closed(), "4\r\ntwo\n\r\n0\r\n\r\n");
}

TEST_F(http_tls, shows_a_renewed_certificate_to_those_who_come_later) {
    http_server server(options);
    tls_http early(server.port());
    make_certificate(folder, "second");
    EXPECT_EQ(tls_http(server.port()).server_name(), "first");
    server.reload_tls();
    EXPECT_EQ(tls_http(server.port()).server_name(), "second");
    EXPECT_EQ(body_of(early.say(hello).answer()), "hello");
}

TEST_F(http_tls, goes_on_as_it_was_where_the_renewed_one_is_none) {
    http_server server(options);
    std::ofstream(options.tls->certificate) << "rubbish";
    EXPECT_THAT([&] { server.reload_tls(); }, ThrowsMessage<error>(HasSubstr("certificate.pem")));
    EXPECT_EQ(tls_http(server.port()).server_name(), "first");
}

TEST_F(http_tls, says_which_file_cannot_be_used) {
    const http::tls_files& good = *options.tls;
    const auto folder_of_other = folder / "other";
    std::filesystem::create_directory(folder_of_other);
    const http::tls_files other = make_certificate(folder_of_other, "other");
    EXPECT_THAT(
        [&] {
            http::load_tls({"/nowhere.pem", good.key});
        },
        ThrowsMessage<error>(HasSubstr("/nowhere.pem")));
    EXPECT_THAT(
        [&] {
            http::load_tls({good.certificate, "/nowhere.pem"});
        },
        ThrowsMessage<error>(HasSubstr("/nowhere.pem: no key")));
    EXPECT_THAT(
        [&] {
            http::load_tls({good.certificate, other.key});
        },
        ThrowsMessage<error>(HasSubstr("not the key of the certificate")));
}

TEST_F(http_tls, answers_plain_http_in_plain) {
    http_server server(options);
    raw_http client(server.port());
    const std::string all = client.say(hello).until_closed();
    EXPECT_EQ(status_of(all), 400);
    EXPECT_THAT(all, HasSubstr("https"));
    EXPECT_EQ(server.count().requests, 0U);
}

TEST_F(http_tls, ends_with_a_handshake_that_takes_too_long_or_is_none) {
    options.patience.handshake = 150ms;
    http_server server(options);
    raw_http silent(server.port());
    EXPECT_EQ(silent.until_closed(), "");
    raw_http rubbish(server.port());
    rubbish.say(std::string(1000, '\x16')).until_closed();
    EXPECT_TRUE(server.await_connections(0));
    EXPECT_EQ(body_of(tls_http(server.port()).say(hello).answer()), "hello");
}

TEST_F(http_tls, has_the_same_limits_and_deadlines) {
    options.patience.header = options.patience.idle = options.patience.write = 300ms;
    http_server server(options);
    tls_http late(server.port());
    EXPECT_EQ(status_of(late.say("GET /hello HT").until_closed()), 408);
    tls_http idle(server.port());
    EXPECT_EQ(idle.until_closed(), "");
    tls_http big(server.port());
    big.say("GET /hello HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    EXPECT_EQ(status_of(big.until_closed()), 431);
    tls_http unread(server.port());
    unread.say(large).header_only();
    EXPECT_TRUE(server.await_connections(0));
}

TEST_F(http_tls, keeps_no_stop_waiting_for_a_handshake) {
    options.patience.handshake = 60s;
    http_server server(options);
    raw_http silent(server.port());
    while (server.count().connections == 0) {
    }
    EXPECT_EQ(server.stop(60s).wait_for(10s), std::future_status::ready);
}

TEST_F(http_tls, is_stopped_with_what_has_arrived_answered) {
    const std::string held = "GET /held HTTP/1.1\r\nHost: h\r\n\r\n";
    // As one record, and as three that the system hands over at once, of which TLS has opened the first.
    for (const auto& records : {std::vector{held + hello + hello}, std::vector{held, hello, hello}}) {
        http_server server(options);
        tls_http client(server.port());
        client.cork();
        for (const auto& record : records) client.say(record);
        client.uncork();
        server.await_held();
        auto stopped = server.stop(20s);
        EXPECT_EQ(server.count().connections, 1U);
        server.let_go();
        for (const char* body : {"released", "hello", "hello"}) EXPECT_EQ(body_of(client.answer()), body);
        EXPECT_EQ(client.until_closed(), "");
        EXPECT_EQ(stopped.wait_for(10s), std::future_status::ready);
    }
}

}  // namespace
}  // namespace dibs::tests
