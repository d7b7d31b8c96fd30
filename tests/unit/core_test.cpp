#include "core/event.hpp"
#include "core/random.hpp"
#include "core/task_group.hpp"
#include "core/timeout.hpp"
#include "tests/support/run_task.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
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
    auto joined = tests::start_task(context.get_executor(), waiters.join());
    context.run();
    joined.get();
    EXPECT_EQ(waiters.running(), 0U);
}

TEST(event, wait_until_tells_signal_from_deadline) {
    asio::io_context context;
    event signal(context.get_executor());
    auto late = tests::start_task(context.get_executor(), signal.wait_until(after(1ms)));
    context.run();
    EXPECT_FALSE(late.get());

    context.restart();
    auto in_time = tests::start_task(context.get_executor(), signal.wait_until(after(1h)));
    asio::post(context, [&] { signal.set(); });
    context.run();
    EXPECT_TRUE(in_time.get());
}

task<void> fail() {
    throw std::runtime_error("work failed");
    co_return;
}

TEST(with_timeout, cancels_work_that_is_late) {
    asio::io_context context;
    event never(context.get_executor());
    auto ended = tests::start_task(context.get_executor(), with_timeout(never.wait(), after(1ms)));
    context.run();
    EXPECT_FALSE(ended.get());
}

TEST(with_timeout, throws_what_the_work_throws_without_waiting_for_the_deadline) {
    asio::io_context context;
    auto ended = tests::start_task(context.get_executor(), with_timeout(fail(), after(1h)));
    context.run_for(10s);
    ASSERT_EQ(ended.wait_for(0s), std::future_status::ready);
    EXPECT_THROW(ended.get(), std::runtime_error);
}

task<void> tell_end_of(task<void> work, bool& ended) {
    try {
        co_await std::move(work);
    } catch (...) {
        ended = true;
        throw;
    }
}

TEST(first_of, waits_for_the_one_it_cancels) {
    asio::io_context context;
    event never(context.get_executor());
    event other(context.get_executor());
    bool ended = false;
    auto work = first_of(tell_end_of(never.wait(), ended), set_event(other));
    auto first = tests::start_task(context.get_executor(), std::move(work));
    context.run();
    EXPECT_EQ(first.get(), 1U);
    EXPECT_TRUE(ended);
}

TEST(task_group, join_reports_the_first_failure) {
    asio::io_context context;
    task_group group(context.get_executor());
    group.spawn(fail());
    auto joined = tests::start_task(context.get_executor(), group.join());
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
