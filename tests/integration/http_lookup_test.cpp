#include "http/client.hpp"
#include "tests/support/held_lookup.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/run_task.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <semaphore>
#include <string_view>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using http::client_connection;
using http::client_request;
using http::client_response;
using testing::HasSubstr;

client_request hello() {
    client_request asked;
    asked.target = "/hello";
    return asked;
}

class http_lookup : public testing::Test {
   protected:
    asio::io_context io{1};
    client_request what = hello();
};

TEST_F(http_lookup, keeps_the_deadline_and_asks_once) {
    http_server server;
    client_connection line(io.get_executor(), "held.test", server.port());
    const int before = asked_for_held;
    for (int i = 0; i < 3; ++i) {
        const client_response late = run_task(io, line.send(what, after(50ms)));
        EXPECT_EQ(late.status, 0);
        EXPECT_THAT(late.error, HasSubstr("no connection to held.test"));
        EXPECT_THAT(late.error, HasSubstr("the time for it is over"));
    }
    held_answers.release();
    EXPECT_EQ(run_task(io, line.send(what, after(20s))).body, "hello");
    EXPECT_EQ(asked_for_held, before + 1);
}

TEST_F(http_lookup, asks_again_for_a_name_that_was_not_there) {
    client_connection line(io.get_executor(), "absent.test", 80);
    const int before = asked_for_absent;
    for (int i = 0; i < 2; ++i) {
        const client_response said = run_task(io, line.send(what, after(20s)));
        EXPECT_EQ(said.status, 0);
        EXPECT_THAT(said.error, HasSubstr("no connection to absent.test:80: Host not found"));
    }
    EXPECT_EQ(asked_for_absent, before + 2);
}

TEST_F(http_lookup, that_is_cancelled_ends_at_once) {
    http_server server;
    client_connection line(io.get_executor(), "held.test", server.port());
    asio::cancellation_signal cut;
    std::exception_ptr failed;
    bool ended = false;
    std::optional<client_response> answered;
    spawn(io.get_executor(), keep(line.send(what, after(20s)), answered), cut.slot(),
          [&](std::exception_ptr how) {
              failed = std::move(how);
              ended = true;
          });
    io.poll();
    cut.emit(asio::cancellation_type::terminal);
    while (!ended && io.run_one_for(20s) > 0) {
    }
    EXPECT_TRUE(ended);
    EXPECT_TRUE(failed);
    held_answers.release();
    io.run();
}

}  // namespace
}  // namespace dibs::tests
