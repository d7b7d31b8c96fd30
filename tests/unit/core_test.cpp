#include "core/event.hpp"
#include "core/random.hpp"
#include "core/task_group.hpp"
#include "core/timeout.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <set>

namespace dibs {
namespace {

using namespace std::chrono_literals;

task<void> set_event(event& signal) {
    signal.set();
    co_return;
}

TEST(event, wakes_every_waiter) {
    asio::io_context context;
    event signal(context.get_executor());
    task_group waiters(context.get_executor());
    for (int i = 0; i < 3; ++i) waiters.spawn(signal.wait());
    waiters.spawn(set_event(signal));
    auto joined = asio::co_spawn(context, waiters.join(), asio::use_future);
    context.run();
    joined.get();
    EXPECT_EQ(waiters.running(), 0U);
}

TEST(event, wait_until_tells_signal_from_deadline) {
    asio::io_context context;
    event signal(context.get_executor());
    auto late = asio::co_spawn(context, signal.wait_until(after(1ms)), asio::use_future);
    context.run();
    EXPECT_FALSE(late.get());

    context.restart();
    auto in_time = asio::co_spawn(context, signal.wait_until(after(1h)), asio::use_future);
    asio::post(context, [&] { signal.set(); });
    context.run();
    EXPECT_TRUE(in_time.get());
}

TEST(with_timeout, cancels_work_that_is_late) {
    asio::io_context context;
    event never(context.get_executor());
    auto ended = asio::co_spawn(context, with_timeout(never.wait(), after(1ms)), asio::use_future);
    context.run();
    EXPECT_FALSE(ended.get());
}

task<void> fail() {
    throw std::runtime_error("work failed");
    co_return;
}

TEST(task_group, join_reports_the_first_failure) {
    asio::io_context context;
    task_group group(context.get_executor());
    group.spawn(fail());
    auto joined = asio::co_spawn(context, group.join(), asio::use_future);
    context.run();
    EXPECT_THROW(joined.get(), std::runtime_error);
}

TEST(random, owners_do_not_repeat) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random_hex(16));
    EXPECT_EQ(seen.size(), 1000U);
    EXPECT_EQ(seen.begin()->size(), 32U);
}

}  // namespace
}  // namespace dibs
