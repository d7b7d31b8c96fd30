// The blocking mutex on real servers.
#include "tests/support/client_fixture.hpp"

#include <dibs/mutex.hpp>

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

class client_mutex : public client_test {};

TEST_F(client_mutex, excludes_threads) {
    const auto locks = client::connect(servers_of(shared_servers()));
    int inside = 0, most = 0, entered = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            mutex mine(locks, name_);
            for (int turn = 0; turn < 10; ++turn) {
                const std::scoped_lock guard(mine);
                most = std::max(most, ++inside);
                ++entered;
                --inside;
            }
        });
    threads.clear();
    EXPECT_EQ(entered, 40);
    EXPECT_EQ(most, 1);
}

TEST_F(client_mutex, its_client_may_be_exchanged_for_another) {
    auto locks = client::connect(servers_of(shared_servers()));
    const auto begun = steady::now();
    locks = client::connect(servers_of(shared_servers()));
    const auto other = client::connect(servers_of(shared_servers()));
    locks = other;
    EXPECT_LT(steady::now() - begun, 4s) << "somebody waited for a thread that had work left";
    mutex mine(locks, name_);
    EXPECT_TRUE(mine.try_lock());
    mine.unlock();
}

TEST_F(client_mutex, is_tried_until_times_that_are_far_away) {
    const auto locks = client::connect(servers_of(shared_servers()));
    mutex holder(locks, name_);
    mutex mine(locks, name_);
    const auto waits_until = [&](auto until) {
        holder.lock();
        auto locked = std::async(std::launch::async, [&] { return mine.try_lock_until(until); });
        const auto length = [&] { return redis::command("LLEN").arg("dibs:{" + name_ + "}:queue"); };
        while (locked.wait_for(0s) != std::future_status::ready && run(ask(length())).integer() == 0) {
        }
        holder.unlock();
        EXPECT_TRUE(locked.get());
        mine.unlock();
    };
    waits_until(std::chrono::time_point<steady, std::chrono::seconds>::max());
    waits_until(std::chrono::sys_days::max());
    holder.lock();
    EXPECT_FALSE(mine.try_lock_until(steady::time_point::min()));
    holder.unlock();
}

TEST_F(client_mutex, is_locked_with_others_without_deadlock) {
    const auto locks = client::connect(servers_of(shared_servers()));
    int entered = 0;
    const auto work = [&](std::string first, std::string second) {
        mutex one(locks, std::move(first));
        mutex other(locks, std::move(second));
        for (int turn = 0; turn < 10; ++turn) {
            const std::scoped_lock both(one, other);
            ++entered;
        }
    };
    {
        const std::jthread there([&] { work(name_ + ":a", name_ + ":b"); });
        const std::jthread back([&] { work(name_ + ":b", name_ + ":a"); });
    }
    EXPECT_EQ(entered, 20);
}

TEST_F(client_mutex, can_be_tried_and_tells_of_its_hold) {
    const auto locks = client::connect(servers_of(shared_servers()));
    mutex one(locks, name_);
    mutex other(locks, name_);
    EXPECT_FALSE(one.token());
    ASSERT_TRUE(one.try_lock());
    EXPECT_TRUE(one.token());
    EXPECT_TRUE(one.lost().stop_possible());
    EXPECT_FALSE(other.try_lock());
    EXPECT_FALSE(other.try_lock_for(20ms));
    EXPECT_FALSE(other.try_lock_for(500us));
    EXPECT_FALSE(std::unique_lock(other, std::chrono::duration<double>(0.01)).owns_lock());
    EXPECT_FALSE(other.try_lock_until(steady::now() + 20ms));
    EXPECT_THROW(one.lock(), std::logic_error);
    one.unlock();
    EXPECT_EQ(one.last_release(), release_outcome::released);
    EXPECT_TRUE(other.try_lock_for(5s));
}

TEST_F(client_mutex, may_be_asked_from_another_thread_whether_it_is_lost) {
    const auto locks = client::connect(config::from_url(shared_servers().redis_url()));
    mutex one(locks, name_);
    std::jthread watchdog([&](const std::stop_token& over) {
        while (!over.stop_requested()) EXPECT_FALSE(one.lost().stop_requested());
    });
    for (int i = 0; i < 50; ++i) const std::scoped_lock held(one);
}

TEST_F(client_mutex, gives_up_when_a_stop_is_requested) {
    auto locks = client::connect(config::from_url(shared_servers().redis_url()));
    mutex one(locks, name_);
    mutex other(locks, name_);
    const std::scoped_lock held(one);
    std::jthread waiter([&](const std::stop_token& stop) { EXPECT_FALSE(other.lock(stop)); });
    waiter.request_stop();
    waiter.join();
    EXPECT_FALSE(other.try_lock());
}

}  // namespace
}  // namespace dibs::tests
