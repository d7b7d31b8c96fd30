// The generator of `dibs bench --claims` before servers that are slow, unwilling or gone.
#include "claims_bench/generator.hpp"
#include "claims_bench/issued_claims.hpp"
#include "core/spawn.hpp"
#include "http/server.hpp"
#include "stats/histogram.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

/// Answers each claim so long after it came.
class slow_server {
   public:
    slow_server(std::chrono::milliseconds takes, const http::response& says) {
        http::router routes;
        routes.add(http::method::post, "/api/coupons/{id}/claims",
                   [takes, says](const http::request&, const http::path_params&) -> task<http::response> {
                       asio::steady_timer busy(co_await asio::this_coro::executor, takes);
                       co_await busy.async_wait(asio::use_awaitable);
                       co_return says;
                   });
        http::server_options at;
        at.port = 0;
        server_.emplace(io_.get_executor(), at, std::move(routes));
        server_->listen();
        spawn(io_.get_executor(), server_->run());
        thread_ = std::thread([this] { io_.run(); });
    }
    ~slow_server() {
        io_.stop();
        thread_.join();
    }
    std::uint16_t port() const { return server_->port(); }

   private:
    asio::io_context io_{1};
    std::optional<http::server> server_;
    std::thread thread_;
};

class claims_generator : public testing::Test {
   protected:
    claims_generator() { std::ofstream(folder / "users") << "one\ntwo\n"; }

   public:
    ~claims_generator() override { std::filesystem::remove_all(folder); }

   protected:
    claims_bench::load_orders orders(std::uint16_t port) const {
        claims_bench::load_orders made;
        made.port = port;
        made.coupon = "c";
        made.code = "CODE";
        made.strategy = "cas";
        made.users_file = folder / "users";
        made.claims_file = folder / "issued";
        made.connections = 1;
        made.requests = 20;
        made.length = 10s;
        return made;
    }
    static http::response saying(int status, std::string body) {
        http::response made;
        made.status = status;
        made.body = std::move(body);
        return made;
    }
    static std::filesystem::path fresh_folder() {
        std::string name = testing::TempDir() + "claims_XXXXXX";
        return ::mkdtemp(name.data());
    }
    const std::filesystem::path folder = fresh_folder();
};

TEST_F(claims_generator, counts_latencies_from_the_intended_start) {
    const slow_server server(50ms, saying(201, R"({"data":{"id":7}})"));
    auto paced = orders(server.port());
    paced.rate = 100;
    const auto told = claims_bench::generate(paced, [] {});
    EXPECT_EQ(told.answered(201), 20U);
    // Twenty times 50 ms, of which the last was due after 190 ms.
    EXPECT_GE(told.max_ms, 800);
    EXPECT_GE(told.lag_p99_ms, 700);
    EXPECT_GE(told.late_starts, 19U);
    EXPECT_GE(told.seconds, 1);
}

TEST_F(claims_generator, drops_what_finds_no_connection_in_time_where_it_may) {
    const slow_server server(50ms, saying(201, R"({"data":{"id":7}})"));
    auto paced = orders(server.port());
    paced.rate = 100;
    paced.length = 200ms;
    paced.drops_late = true;
    const auto told = claims_bench::generate(paced, [] {});
    EXPECT_LE(told.sent, 5U) << "one connection, 50 ms each, and a moment of grace at the end";
    EXPECT_EQ(told.sent + told.dropped, 20U);
    EXPECT_EQ(told.answered(201), told.sent);
}

TEST_F(claims_generator, counts_latencies_from_the_send_where_there_is_no_rate) {
    const slow_server server(20ms, saying(201, R"({"data":{"id":7}})"));
    const auto told = claims_bench::generate(orders(server.port()), [] {});
    EXPECT_EQ(told.answered(201), 20U);
    EXPECT_GE(told.p50_ms, 20 * (1 - stats::histogram::relative_error));
    EXPECT_LT(told.p50_ms, 200) << "not of all that came before";
    EXPECT_EQ(told.late_starts, 0U);
    const auto issued = claims_bench::read_issued(folder / "issued");
    ASSERT_EQ(issued.size(), 20U);
    EXPECT_EQ(issued[19].id, 7);
    EXPECT_EQ(issued[19].request, 19);
}

TEST_F(claims_generator, begins_nothing_after_its_time) {
    const slow_server server(10ms, saying(201, R"({"data":{"id":7}})"));
    auto short_load = orders(server.port());
    short_load.requests = 1'000'000;
    short_load.length = 100ms;
    const auto told = claims_bench::generate(short_load, [] {});
    EXPECT_LE(told.sent, 10U);
    EXPECT_EQ(told.answered(201), told.sent) << "and waits for what it began";
}

TEST_F(claims_generator, tells_what_it_did_not_expect) {
    const slow_server server(0ms, saying(503, "overloaded"));
    const auto told = claims_bench::generate(orders(server.port()), [] {});
    EXPECT_EQ(told.answered(503), 20U);
    EXPECT_EQ(told.surprise, "overloaded");
    EXPECT_TRUE(claims_bench::read_issued(folder / "issued").empty());
}

TEST_F(claims_generator, tells_what_may_have_been_issued_from_what_was_not) {
    const auto in_doubt = [&](int status, const char* problem) {
        const slow_server server(0ms, saying(status, fmt::format(R"({{"type":"/problems/{}"}})", problem)));
        return claims_bench::generate(orders(server.port()), [] {}).in_doubt;
    };
    EXPECT_EQ(in_doubt(503, "in-doubt"), 20U);
    EXPECT_EQ(in_doubt(503, "backend-unavailable"), 0U);
    EXPECT_EQ(in_doubt(409, "sold-out"), 0U);
}

TEST_F(claims_generator, counts_what_was_never_answered) {
    asio::io_context io;
    tcp::acceptor door(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    std::thread server([&] {
        tcp::socket one = door.accept();
        std::array<char, 1> first{};
        one.read_some(asio::buffer(first));
    });
    const auto begun = steady::now();
    const auto told = claims_bench::generate(orders(door.local_endpoint().port()), [] {});
    server.join();
    EXPECT_LT(steady::now() - begun, 20s) << "without a connection there is nothing to wait for";
    EXPECT_EQ(told.sent, 1U);
    EXPECT_EQ(told.answered(0), 1U);
    EXPECT_EQ(told.in_doubt, 1U);
}

}  // namespace
}  // namespace dibs::tests
