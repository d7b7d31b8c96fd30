// What happens to the clients of a PostgreSQL server that has no session left, and of one that is stopped.
#include "fault/session_hog.hpp"
#include "postgres/connection.hpp"
#include "sandbox/postgres_cluster.hpp"
#include "tests/support/run_task.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

namespace dibs::faults {
namespace {

using namespace std::chrono_literals;
using tests::run_task;

class fault_postgres : public testing::Test {
   protected:
    using session = std::unique_ptr<postgres::connection>;

    void SetUp() override { server.start(); }

    session open() {
        const postgres::target where{.conninfo = server.url()};
        return run_task(io, postgres::connection::open(io.get_executor(), where, after(20s)));
    }
    /// Empty: it opened one.
    std::string refusal() {
        try {
            open();
            return {};
        } catch (const error& refused) {
            return refused.what();
        }
    }
    bool runs(session& on, const char* text, steady::duration patience = 20s) {
        try {
            run_task(io, on->run(text, after(patience)));
            return true;
        } catch (const error&) {
            return false;
        }
    }

    static task<void> idle_for(steady::duration time) {
        asio::steady_timer timer(co_await asio::this_coro::executor, time);
        co_await timer.async_wait(asio::use_awaitable);
    }

    sandbox::supervisor box;
    sandbox::postgres_cluster server{box, {.connections = 12}};
    asio::io_context io{1};
};

TEST_F(fault_postgres, a_hog_leaves_nobody_a_session_until_it_goes) {
    {
        const session_hog hog(server.url());
        EXPECT_THAT(refusal(), testing::HasSubstr("too many clients"));
    }
    const auto until = after(20s);
    while (!refusal().empty()) ASSERT_LT(steady::now(), until) << "its sessions do not end";
}

TEST_F(fault_postgres, under_a_hog_a_transaction_goes_on_and_an_idle_session_ends) {
    auto busy = open();
    auto idle = open();
    ASSERT_TRUE(runs(busy, "BEGIN"));
    ASSERT_TRUE(runs(idle, "SELECT 1"));
    {
        const session_hog hog(server.url());
        const auto until = after(20s);
        while (runs(idle, "SELECT 1")) {
            ASSERT_LT(steady::now(), until) << "it idles and lives";
            run_task(io, idle_for(20ms));
        }
        EXPECT_TRUE(runs(busy, "COMMIT"));
        EXPECT_THAT(refusal(), testing::HasSubstr("too many clients"))
            << "the hog has taken what became free";
    }
    const auto until = after(20s);
    while (!refusal().empty()) ASSERT_LT(steady::now(), until);
    auto later = open();
    EXPECT_TRUE(runs(later, "SELECT 1 / (current_setting('idle_session_timeout') = '0')::int"));
}

TEST_F(fault_postgres, paused_it_answers_nobody_until_it_goes_on) {
    auto present = open();
    auto asked = open();
    ASSERT_TRUE(runs(present, "SELECT 1"));
    server.pause();
    EXPECT_FALSE(runs(present, "SELECT 1", 100ms));
    server.resume();
    EXPECT_TRUE(runs(asked, "SELECT 1"));
    EXPECT_EQ(refusal(), "");
}

}  // namespace
}  // namespace dibs::faults
