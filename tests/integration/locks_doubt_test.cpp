// Attempts that are cut short, by whoever asked or by the network, at every point: whatever they had reached,
// nothing of it stays.
#include "core/spawn.hpp"
#include "core/timeout.hpp"
#include "tests/support/lock_fixture.hpp"

#include <dibs/error.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <random>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using locks::lease;

constexpr auto long_lease = 60s;  // what is left behind cannot go by itself while the test looks

class doubt_test : public lock_test, public testing::WithParamInterface<std::string> {
   protected:
    /// An attempt under way.
    struct attempt {
        std::optional<std::optional<lease>> result;
        std::exception_ptr failure;
        bool ended = false;
        asio::cancellation_signal cancel;
    };

    std::unique_ptr<attempt> begin(locks::locker& locker, std::chrono::milliseconds wait,
                                   local_handoff handoff = local_handoff::off) {
        auto begun = std::make_unique<attempt>();
        auto wanted = request(wait);
        wanted.lease = long_lease;
        wanted.local_handoff = handoff;
        auto asked = locker.acquire(std::move(wanted));
        spawn(io_.get_executor(), keep(std::move(asked), begun->result), begun->cancel.slot(),
              [to = begun.get()](std::exception_ptr failed) {
                  to->failure = std::move(failed);
                  to->ended = true;
              });
        return begun;
    }

    /// Lets so many handlers run, or fewer when nothing happens for a while.
    void step(int handlers) {
        io_.restart();
        for (int i = 0; i < handlers && io_.run_one_for(5ms) > 0; ++i) {
        }
    }

    void finish(attempt& begun) {
        io_.restart();
        while (!begun.ended && io_.run_one_for(20s) > 0) {
        }
        ASSERT_TRUE(begun.ended) << "it never ended";
        if (!begun.result || !*begun.result) return;
        try {
            EXPECT_NE(run((*begun.result)->release()), release_outcome::not_owner);
        } catch (const error& failure) {
            EXPECT_TRUE(failure.in_doubt()) << failure.what();  // its connection was cut
        }
        begun.result.reset();
    }

    /// The lock is free for somebody else although nothing ends by time, and no key is left.
    void expect_nothing_left() {
        lock_servers other(io_.get_executor(), urls_of(shared_servers()));
        const auto locker = make_lock(GetParam(), other.for_lockers()).locker;
        auto next = run(take(*locker, 10s));
        ASSERT_TRUE(next) << "somebody who is gone holds the lock";
        EXPECT_EQ(run(next->release()), release_outcome::released);
        const auto until = after(10s);  // withdrawals go on in the background
        while (!run(keys_left()).empty() && steady::now() < until) step(1);
        EXPECT_THAT(run(keys_left()), testing::IsEmpty());
        run(other.close());
    }

    /// Cuts every connection that lockers use, as a failing network would.
    task<void> cut_all(lock_servers& from) {
        if (GetParam() == "database") {
            constexpr postgres::statement cut{
                "",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                "backend_type = 'client backend'"};
            co_await from.pool().execute(cut, {}, after(5s));
            co_return;
        }
        auto servers = from.for_lockers().masters;
        if (GetParam() != "redlock") servers = {from.for_lockers().redis};
        for (const auto& server : servers) {
            auto cut = redis::command("CLIENT").arg("KILL").arg("TYPE").arg("normal");
            co_await server->execute(std::move(cut), after(5s));
        }
    }
};

INSTANTIATE_TEST_SUITE_P(every_algorithm, doubt_test,
                         testing::Values("database", "spinlock", "pubsub", "queue", "fencing", "redlock"),
                         [](const auto& with) { return with.param; });

class outage_test : public doubt_test {};

INSTANTIATE_TEST_SUITE_P(locks, outage_test,
                         testing::Values("spinlock", "pubsub", "queue", "spinlock+local", "pubsub+local",
                                         "queue+local"),
                         [](const auto& with) {
                             std::string name = with.param;
                             std::replace(name.begin(), name.end(), '+', '_');
                             return name;
                         });

// Not "others hold the lock": nobody has heard of it any more.
TEST_P(outage_test, tells_all_who_wait_for_it) {
    lock_servers other(io_.get_executor(), urls_of(shared_servers()));
    const auto elsewhere = make_lock("queue", other.for_lockers()).locker;
    auto held = run(take(*elsewhere, 0ms, long_lease));
    ASSERT_TRUE(held);
    const auto here = make_lock(GetParam(), servers_->for_lockers());
    std::vector<std::unique_ptr<attempt>> waiting;
    for (int i = 0; i < 3; ++i) {
        waiting.push_back(begin(*here.locker, 1200ms, here.handoff));
        step(5);
    }
    shared_servers().redis().signal(SIGSTOP);
    for (const auto& one : waiting) {
        finish(*one);
        EXPECT_TRUE(one->failure);
    }
    shared_servers().redis().signal(SIGCONT);
    EXPECT_EQ(run(held->release()), release_outcome::released);
}

constexpr int most_points = 150;

TEST_P(doubt_test, a_free_lock_is_not_taken_by_who_gave_up) {
    const auto locker = make(GetParam());
    int point = 0;
    for (bool came_first = false; !came_first && point < most_points; ++point) {
        auto begun = begin(*locker, 10s);
        step(point);
        came_first = begun->ended;
        begun->cancel.emit(asio::cancellation_type::terminal);
        finish(*begun);
    }
    EXPECT_GT(point, 3);
    EXPECT_LT(point, most_points) << "it never came before its cancellation";
    expect_nothing_left();
}

TEST_P(doubt_test, a_held_lock_is_not_waited_for_by_who_gave_up) {
    lock_servers other(io_.get_executor(), urls_of(shared_servers()));
    const auto holder = make_lock(GetParam(), other.for_lockers()).locker;
    const auto locker = make(GetParam());
    auto held = run(take(*holder, 10s, long_lease));
    ASSERT_TRUE(held);
    for (int point = 0; point < most_points / 2; ++point) {
        auto begun = begin(*locker, 10s);
        step(point);
        EXPECT_FALSE(begun->ended);
        begun->cancel.emit(asio::cancellation_type::terminal);
        finish(*begun);
    }
    EXPECT_EQ(run(held->release()), release_outcome::released);
    expect_nothing_left();
}

TEST_P(doubt_test, a_lock_that_is_given_back_meanwhile_goes_to_nobody_who_gave_up) {
    lock_servers other(io_.get_executor(), urls_of(shared_servers()));
    const auto holder = make_lock(GetParam(), other.for_lockers()).locker;
    const auto locker = make(GetParam());
    const auto give_back = [](lease mine) -> task<void> { co_await mine.release(); };
    for (int point = 0; point < most_points / 3; ++point) {
        auto held = run(take(*holder, 10s, long_lease));
        ASSERT_TRUE(held) << "after " << point << " handlers";
        auto begun = begin(*locker, 10s);
        step(point);
        spawn(io_.get_executor(), give_back(std::move(*held)));
        step(point);
        begun->cancel.emit(asio::cancellation_type::terminal);
        finish(*begun);
    }
    expect_nothing_left();
}

TEST_P(doubt_test, connections_may_be_cut_at_any_time) {
    const auto seed = std::random_device()();
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const int rounds = 200;
    const int most_rounds = 2000;  // until one was met under way: how often that is depends on the machine
    lock_servers hand(io_.get_executor(), urls_of(shared_servers()));
    const auto locker = make(GetParam());
    const auto cut = [&]() -> task<void> { co_await cut_all(hand); };
    int failed = 0;
    for (int round = 0; round < rounds || (failed == 0 && round < most_rounds); ++round) {
        auto begun = begin(*locker, 20s);
        step(static_cast<int>(random() % 12));
        run(cut());
        finish(*begun);
        failed += begun->failure ? 1 : 0;
    }
    if (GetParam() != "redlock") {  // which does not mind losing some of its connections
        EXPECT_GT(failed, 0) << "no attempt was under way when it was cut";
    }
    EXPECT_LT(failed, rounds);
    expect_nothing_left();
}

}  // namespace
}  // namespace dibs::tests
