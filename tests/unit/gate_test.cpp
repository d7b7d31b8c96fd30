#include "core/gate.hpp"

#include "core/event.hpp"
#include "core/spawn.hpp"
#include "core/task_group.hpp"

#include <dibs/error.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <vector>

namespace dibs {
namespace {

using namespace std::chrono_literals;

class gate_test : public testing::Test {
   protected:
    /// Passes, notes that it did, and stays inside until `leave` is set.
    task<void> visit(int who, event& leave, deadline until) {
        const auto pass = co_await door.enter(until);
        if (!pass) {
            refused.push_back(who);
            co_return;
        }
        entered.push_back(who);
        co_await leave.wait();
    }

    void start(int who, event& leave, deadline until = deadline::max()) {
        spawn(context.get_executor(), visit(who, leave, until));
        context.poll();
    }

    asio::io_context context{1};
    gate door{context.get_executor(), "the door", {.inside = 1, .waiting = 3}};
    event first{context.get_executor()}, second{context.get_executor()}, third{context.get_executor()};
    std::vector<int> entered, refused;
};

TEST_F(gate_test, admits_in_order_of_arrival) {
    start(1, first);
    start(2, second);
    start(3, third);
    EXPECT_EQ(entered, std::vector({1}));
    first.set();
    context.poll();
    EXPECT_EQ(entered, std::vector({1, 2}));
    second.set();
    context.poll();
    EXPECT_EQ(entered, std::vector({1, 2, 3}));
}

TEST_F(gate_test, a_waiter_that_gives_up_is_passed_over) {
    start(1, first);
    start(2, second, after(1ms));
    start(3, third);
    context.run_for(10ms);
    EXPECT_EQ(refused, std::vector({2}));
    first.set();
    context.poll();
    EXPECT_EQ(entered, std::vector({1, 3}));
}

TEST_F(gate_test, a_waiter_cancelled_after_its_admission_hands_the_place_on) {
    asio::cancellation_signal cancel;
    start(1, first);
    spawn(context.get_executor(), visit(2, second, deadline::max()), cancel.slot());
    context.poll();
    start(3, third);
    first.set();
    asio::post(context, [&] { cancel.emit(asio::cancellation_type::terminal); });
    context.poll();
    second.set();
    context.poll();
    EXPECT_EQ(entered.back(), 3);
}

TEST_F(gate_test, a_bound_on_waiters_is_an_error) {
    start(1, first);
    for (int who = 2; who <= 4; ++who) start(who, first);
    std::exception_ptr failure;
    spawn(context.get_executor(), visit(5, first, deadline::max()),
          [&](std::exception_ptr thrown) { failure = std::move(thrown); });
    context.poll();
    ASSERT_TRUE(failure);
    try {
        std::rethrow_exception(failure);
    } catch (const error& thrown) {
        EXPECT_EQ(thrown.kind(), fault::exhausted);
    }
}

}  // namespace
}  // namespace dibs
