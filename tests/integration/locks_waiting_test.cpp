// What waiters are promised: their turn, whatever gets lost on the way, and nothing left behind.
#include "core/task_group.hpp"
#include "locks/grants.hpp"
#include "locks/withdrawal.hpp"
#include "redis/connection.hpp"
#include "tests/support/lock_fixture.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <utility>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

class waiting_test : public lock_test {
   protected:
    std::unique_ptr<lock_servers> second_process() {
        return std::make_unique<lock_servers>(io_.get_executor(), urls_of(shared_servers()));
    }

    /// The waiters of two processes come one after the other; returns in which order they are served.
    std::vector<int> order_of_service(const std::string& lock) {
        constexpr int waiters = 30;
        const bool in_redis = lock == "queue" || lock == "fencing";
        const auto other = second_process();
        const auto here = make(lock);
        const auto there = make_lock(lock, other->for_lockers()).locker;
        auto held = run(take(*here, 0ms));
        std::vector<int> served;
        const auto wait_in_line = [&](locks::locker& at, int who) -> task<void> {
            auto mine = co_await take(at, 20s);
            served.push_back(who);
            if (mine) co_await mine->release();
        };
        task_group line(io_.get_executor());
        for (int who = 0; who < waiters; ++who) {
            line.spawn(wait_in_line(who % 2 == 0 ? *here : *there, who));
            if (in_redis) run(await_queue(who + 1));
        }
        run(held->release());
        run(line.join());
        return served;
    }
};

class order_of : public waiting_test, public testing::WithParamInterface<std::string> {};

INSTANTIATE_TEST_SUITE_P(every_queue, order_of, testing::Values("queue", "fencing"),
                         [](const auto& with) { return with.param; });

TEST_P(order_of, arrival_is_kept_between_processes) {
    const auto served = order_of_service(GetParam());
    EXPECT_EQ(served.size(), 30U);
    EXPECT_TRUE(std::ranges::is_sorted(served));
}

TEST_F(waiting_test, sees_a_lock_without_an_order) {
    EXPECT_FALSE(std::ranges::is_sorted(order_of_service("spinlock")));
}

class message_of : public waiting_test, public testing::WithParamInterface<std::string> {};

INSTANTIATE_TEST_SUITE_P(every_lock_that_is_told, message_of, testing::Values("pubsub", "queue", "fencing"),
                         [](const auto& with) { return with.param; });

TEST_P(message_of, the_grant_may_be_lost_and_the_waiter_goes_on) {
    const auto other = second_process();
    const auto holder = make(GetParam());
    const auto waiter = make_lock(GetParam(), other->for_lockers()).locker;
    for (int round = 0; round < 5; ++round) {
        auto held = run(take(*holder, 0ms, 60s));
        ASSERT_TRUE(held);
        std::optional<std::optional<locks::lease>> got;
        task_group waiting(io_.get_executor());
        const auto wait_ends = after(10s);
        waiting.spawn(keep(take(*waiter, 10s), got));
        const bool listens = run([&]() -> task<bool> {
            for (std::size_t channels = 0; channels == 0;) {
                auto look = redis::command("PUBSUB").arg("CHANNELS").arg("dibs:{" + name_ + "}:*");
                const auto answer = co_await ask(std::move(look));
                channels = answer.elements().size();
            }
            co_return true;
        }());
        ASSERT_TRUE(listens);
        if (GetParam() != "pubsub") run(await_queue());
        // One write to the server: the listeners are cut off, then the lock is given back.
        auto cut = redis::command("CLIENT").arg("KILL").arg("TYPE").arg("pubsub");
        task_group both(io_.get_executor());
        both.spawn(
            [](task<redis::reply> reply) -> task<void> { co_await std::move(reply); }(ask(std::move(cut))));
        both.spawn([](locks::lease lease) -> task<void> { co_await lease.release(); }(std::move(*held)));
        run(both.join());
        const auto drawn = run(ask(redis::command("GET").arg("dibs:{" + name_ + "}:token")));
        run(waiting.join());
        ASSERT_TRUE(got && *got);
        EXPECT_LT(steady::now(), wait_ends)
            << "the wake-up was lost, and only the end of the wait was another";
        if (GetParam() != "pubsub") {
            EXPECT_EQ(std::to_string((*got)->token()->value()), drawn.text())
                << "the grant was lost, and only its end brought another";
        }
        EXPECT_EQ(run((*got)->release()), release_outcome::released);
    }
}

// The first to wait at a line that has rested looks when the holder's time is up, not at its first heartbeat.
TEST_F(waiting_test, a_line_that_has_rested_looks_when_the_holder_has_died) {
    const auto other = second_process();
    const auto holder = make("queue");
    const auto waiter = make_lock("queue", other->for_lockers()).locker;
    std::optional<locks::lease> got;
    for (int round = 0; round < 10 && !got; ++round) {  // the machine may be slow
        auto held = run(take(*holder, 0ms, 10s));
        ASSERT_TRUE(held);
        EXPECT_FALSE(run(take(*waiter, 1ms)));
        run(held->release());
        io_.restart();
        io_.run_for(700ms);  // its heartbeats end
        auto died = redis::command("SET").arg("dibs:{" + name_ + "}:lock").arg("who.1").arg("PX").arg(50);
        run(ask(std::move(died)));
        got = run(take(*waiter, 200ms));
        if (!got) run(ask(redis::command("DEL").arg("dibs:{" + name_ + "}:lock")));
    }
    ASSERT_TRUE(got) << "it was granted the lock after 300 ms each time";
    run(got->release());
}

TEST_F(waiting_test, leaves_nothing_but_a_token_that_ends) {
    const auto keys = "dibs:{" + name_ + "}:*";
    const auto other = second_process();
    std::vector<std::unique_ptr<locks::locker>> lockers;  // in use, so that nothing goes with them
    for (const auto* lock : {"spinlock", "pubsub", "queue", "fencing"}) {
        auto& here = *lockers.emplace_back(make(lock));
        auto& there = *lockers.emplace_back(make_lock(lock, other->for_lockers()).locker);
        auto held = run(take(here, 0ms));
        ASSERT_TRUE(held);
        std::optional<std::optional<locks::lease>> got;
        task_group waiting(io_.get_executor());
        waiting.spawn(keep(take(there, 10s), got));
        io_.restart();
        io_.run_for(20ms);
        run(held->release());
        run(waiting.join());
        ASSERT_TRUE(got && *got);
        run((*got)->release());
        EXPECT_TRUE(run(keys_left()).empty()) << lock;
        EXPECT_GT(run(ask(redis::command("PTTL").arg("dibs:{" + name_ + "}:token"))).integer(), 0) << lock;
    }
    const auto channels = [&]() -> task<std::size_t> {
        auto look = redis::command("PUBSUB").arg("CHANNELS").arg(keys);
        const auto answer = co_await ask(std::move(look));
        co_return answer.elements().size();
    };
    EXPECT_GT(run(channels()), 0U);
    const auto until = after(25s);
    while (run(channels()) > 0 && steady::now() < until) {
        io_.restart();
        io_.run_for(100ms);
    }
    EXPECT_EQ(run(channels()), 0U) << "somebody still listens long after the last use";
}

class scripts_test : public waiting_test {
   protected:
    locks::grants at_ = {servers_->for_lockers().redis, locks::lock_keys::with_queue(lock_name(name_))};
    locks::terms terms_{.lease = 10s};
    owner_id first_{"one.1"};
    owner_id second_{"two.1"};
    static constexpr auto stand = locks::grants::when_busy::stand_in_queue;
};

TEST_F(scripts_test, a_repeated_acquire_finds_itself_the_holder) {
    const auto once = run(at_.acquire(first_, terms_, after(5s)));
    const auto again = run(at_.acquire(first_, terms_, after(5s)));
    EXPECT_TRUE(once.granted && again.granted);
    EXPECT_EQ(once.token, again.token);
    EXPECT_FALSE(run(at_.acquire(second_, terms_, after(5s))).granted);
    EXPECT_TRUE(run(at_.renew(first_, 10s, after(5s))).granted);
    EXPECT_TRUE(run(at_.renew(first_, 10s, after(5s))).granted);
    EXPECT_EQ(run(at_.release(first_, after(5s))), release_outcome::released);
    EXPECT_NE(run(at_.release(first_, after(5s))), release_outcome::released);
    EXPECT_FALSE(run(at_.renew(first_, 10s, after(5s))).granted);
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_F(scripts_test, a_repeated_enqueue_stands_in_the_queue_once) {
    EXPECT_TRUE(run(at_.acquire(first_, terms_, after(5s))).granted);
    EXPECT_FALSE(run(at_.enqueue(second_, terms_, stand, after(5s))).granted);
    EXPECT_FALSE(run(at_.enqueue(second_, terms_, stand, after(5s))).granted);
    EXPECT_EQ(run(ask(redis::command("LLEN").arg("dibs:{" + name_ + "}:queue"))).integer(), 1);
    EXPECT_EQ(run(at_.release(first_, after(5s))), release_outcome::released);
    const auto once = run(at_.enqueue(second_, terms_, stand, after(5s)));
    const auto again = run(at_.enqueue(second_, terms_, stand, after(5s)));
    EXPECT_TRUE(once.granted && again.granted) << "the head of the queue was not made the owner";
    EXPECT_EQ(once.token, again.token);
    EXPECT_EQ(run(at_.release(second_, after(5s))), release_outcome::released);
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_F(scripts_test, a_repeated_cancel_or_heartbeat_changes_nothing_more) {
    EXPECT_TRUE(run(at_.acquire(first_, terms_, after(5s))).granted);
    EXPECT_FALSE(run(at_.enqueue(second_, terms_, stand, after(5s))).granted);
    const std::vector entries{locks::grants::entry(second_, terms_)};
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(run(at_.heartbeat("two", entries, after(5s))).lost);
    for (int i = 0; i < 2; ++i) run(at_.cancel(entries, after(5s)));
    EXPECT_EQ(run(at_.release(first_, after(5s))), release_outcome::released);
    EXPECT_TRUE(run(at_.acquire(first_, terms_, after(5s))).granted)
        << "one who had left was granted the lock";
    EXPECT_EQ(run(at_.release(first_, after(5s))), release_outcome::released);
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_F(scripts_test, where_the_holder_leaves_with_others_who_stays_is_granted_the_lock) {
    const owner_id third("three.1");
    EXPECT_TRUE(run(at_.acquire(first_, terms_, after(5s))).granted);
    for (const auto& waiter : {second_, third})
        EXPECT_FALSE(run(at_.enqueue(waiter, terms_, stand, after(5s))).granted);
    const std::vector leaving{locks::grants::entry(second_, terms_), locks::grants::entry(first_, terms_)};
    run(at_.cancel(leaving, after(5s)));
    EXPECT_EQ(run(at_.release(third, after(5s))), release_outcome::released);
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_F(scripts_test, who_leaves_while_the_server_takes_no_writes_is_taken_out_afterwards) {
    const auto replica_of = [this](std::string_view host, std::string_view port) {
        run(ask(redis::command("REPLICAOF").arg(host).arg(port)));
    };
    EXPECT_TRUE(run(at_.acquire(first_, terms_, after(5s))).granted);
    EXPECT_FALSE(run(at_.enqueue(second_, terms_, stand, after(5s))).granted);
    run(ask(redis::command("CONFIG").arg("RESETSTAT")));
    replica_of("127.0.0.1", "1");
    locks::withdraw(io_.get_executor(), at_, second_, terms_, {});
    const auto until = after(5s);
    const auto refused = [this] {
        const auto seen = run(ask(redis::command("INFO").arg("errorstats")));
        return seen.text().find("READONLY") != std::string::npos;
    };
    while (!refused()) ASSERT_LT(steady::now(), until);
    replica_of("NO", "ONE");
    const std::string queue = "dibs:{" + name_ + "}:queue";
    run(ask(redis::command("PERSIST").arg(queue)));  // or it would go by itself
    while (run(ask(redis::command("EXISTS").arg(queue))).integer() > 0) {
        ASSERT_LT(steady::now(), until);
        io_.restart();
        io_.run_for(1ms);
    }
    EXPECT_EQ(run(at_.release(first_, after(5s))), release_outcome::released);
}

TEST_F(scripts_test, no_connection_is_killed_but_the_one_that_is_meant) {
    const auto id_of = [this](lock_servers& whose) {
        return run(whose.redis().execute(redis::command("CLIENT").arg("ID"), after(5s))).integer();
    };
    const auto other = second_process();
    const auto theirs = id_of(*other);
    const auto meant = other->redis().client().value();
    run(at_.kill_client({theirs, "dibs-of-before-the-server-was-started-anew"}, after(5s)));
    EXPECT_EQ(id_of(*other), theirs) << "a stranger was cut off";
    run(at_.kill_client(meant, after(5s)));
    try {
        run(other->redis().execute(redis::command("PING"), after(5s)));
    } catch (const redis::lost_reply&) {  // it had not noticed yet
    }
    EXPECT_GT(id_of(*other), theirs);
}

TEST_F(scripts_test, a_connection_that_a_busy_server_will_not_kill_is_not_forgotten) {
    const auto other = second_process();
    run(other->redis().execute(redis::command("PING"), after(5s)));
    const auto meant = other->redis().client().value();
    run(ask(redis::command("CONFIG").arg("SET").arg("busy-reply-threshold").arg(1)));
    task_group script(io_.get_executor());
    script.spawn([](redis::connection& on) -> task<void> {
        try {
            co_await on.execute(redis::command("EVAL").arg("while true do end").arg(0), after(20s));
        } catch (const redis::refusal&) {  // it was killed
        }
    }(other->redis()));
    for (bool busy = false; !busy;) try {
            run(ask(redis::command("PING")));
        } catch (const redis::refusal&) {
            busy = true;
        }
    EXPECT_THROW(run(at_.kill_client(meant, after(5s))), redis::refusal);
    run(ask(redis::command("SCRIPT").arg("KILL")));
    run(script.join());
    run(ask(redis::command("CONFIG").arg("SET").arg("busy-reply-threshold").arg(5000)));
}

TEST_F(scripts_test, a_crowd_that_leaves_is_taken_out_by_few_commands) {
    EXPECT_TRUE(run(at_.acquire(first_, terms_, after(5s))).granted);
    std::vector<owner_id> crowd;
    for (int i = 0; i < 1200; ++i) {
        crowd.emplace_back("two." + std::to_string(i));
        EXPECT_FALSE(run(at_.enqueue(crowd.back(), terms_, stand, after(5s))).granted);
    }
    run(ask(redis::command("CONFIG").arg("RESETSTAT")));
    auto leaving = std::make_shared<locks::withdrawals>(io_.get_executor(), at_);
    for (const auto& waiter : crowd) leaving->add(waiter, terms_);
    const std::weak_ptr under_way = std::exchange(leaving, nullptr);
    io_.restart();
    while (!under_way.expired() && io_.run_one_for(5s) > 0) {
    }
    const auto seen = run(ask(redis::command("INFO").arg("commandstats")));
    EXPECT_THAT(seen.text(), testing::HasSubstr("cmdstat_zrem:calls=3,")) << "500 at a time";
    EXPECT_EQ(run(ask(redis::command("EXISTS").arg("dibs:{" + name_ + "}:queue"))).integer(), 0);
    EXPECT_EQ(run(at_.release(first_, after(5s))), release_outcome::released);
    EXPECT_TRUE(run(keys_left()).empty());
}

}  // namespace
}  // namespace dibs::tests
