// Locks that are handed on within a process.
#include "locks/local_handoff.hpp"

#include "core/spawn.hpp"
#include "core/timeout.hpp"
#include "tests/support/lock_fixture.hpp"

#include <dibs/error.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include <set>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using locks::lease;
using testing::Not;
using maybe_lease = std::optional<lease>;

class local_handoff_of : public lock_test, public testing::WithParamInterface<algorithm> {
   protected:
    named_lock process() {
        return make_lock(std::string(to_string(GetParam())) + "+local", servers_->for_lockers());
    }

    /// Asks in the background; the result is there when the wait has ended.
    struct waiter {
        std::optional<maybe_lease> got;
        std::exception_ptr failed;
        bool ended = false;
        asio::cancellation_signal stop;
    };
    std::unique_ptr<waiter> ask(const named_lock& of, std::chrono::milliseconds wait = 10s,
                                std::chrono::milliseconds for_long = 10s) {
        auto made = std::make_unique<waiter>();
        auto wanted = of.request(name_);
        wanted.wait = wait;
        wanted.lease = for_long;
        spawn(io_.get_executor(), keep(of.locker->acquire(std::move(wanted)), made->got), made->stop.slot(),
              [it = made.get()](std::exception_ptr thrown) {
                  it->failed = std::move(thrown);
                  it->ended = true;
              });
        return made;
    }
    void await_end(const waiter& who) {
        io_.restart();
        while (!who.ended && io_.run_one_for(20s) > 0) {
        }
        ASSERT_TRUE(who.ended);
    }
    void run_for(std::chrono::milliseconds time) {
        io_.restart();
        io_.run_for(time);
    }
    lease lease_of(waiter& who) {
        await_end(who);
        if (!who.got || !*who.got) throw std::runtime_error("it was not granted");
        return std::move(**who.got);
    }
    /// Tokens in a row come from a counter that is behind the clock.
    void let_tokens_gather(const named_lock& of) {
        run(lease_of(*ask(of)).release());
        run_for(5ms);
    }
    /// The owner that the server knows.
    std::string owner_at_server() {
        auto ask = redis::command("GET").arg("dibs:{" + name_ + "}:lock");
        const auto answer = run(servers_->redis().execute(std::move(ask), after(5s)));
        return answer.is_nil() ? "" : answer.text();
    }
};

INSTANTIATE_TEST_SUITE_P(redis_locks, local_handoff_of,
                         testing::Values(algorithm::spinlock, algorithm::pubsub, algorithm::queue,
                                         algorithm::fencing),
                         [](const auto& with) { return std::string(to_string(with.param)); });

TEST_P(local_handoff_of, passes_the_lock_on_without_asking_the_server) {
    const auto us = process();
    let_tokens_gather(us);
    auto turn_from = steady::now();
    auto held = lease_of(*ask(us));
    auto in_redis = held.owner().text();
    std::vector<std::unique_ptr<waiter>> line;
    for (int i = 0; i < 10; ++i) line.push_back(ask(us));
    run_for(1ms);
    std::set<std::string> owners{in_redis};
    auto token = held.token().value();
    for (auto& next : line) {
        const auto released_at = steady::now();
        EXPECT_EQ(run(held.release()), release_outcome::released);
        const auto released_by = steady::now();
        held = lease_of(*next);
        if (owner_at_server() != in_redis) {
            // A machine that stood still may have stretched the turn to its end.
            EXPECT_GE(released_by - turn_from, locks::longest_local_turn);
            turn_from = released_at;
            in_redis = held.owner().text();
            EXPECT_EQ(owner_at_server(), in_redis);
        }
        EXPECT_GT(held.token().value(), token);
        EXPECT_TRUE(owners.insert(held.owner().text()).second) << "an owner twice";
        token = held.token().value();
    }
    EXPECT_EQ(run(held.release()), release_outcome::released);
    EXPECT_EQ(owner_at_server(), "");
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_P(local_handoff_of, is_for_no_longer_than_was_asked_for) {
    const auto us = process();
    let_tokens_gather(us);
    auto held = lease_of(*ask(us, 10s, 1h));
    auto next = ask(us, 10s, 5s);
    run_for(1ms);
    EXPECT_EQ(run(held.release()), release_outcome::released);
    auto shorter = lease_of(*next);
    EXPECT_LE(shorter.held()->valid_until(), after(5s));
    auto look = redis::command("PTTL").arg("dibs:{" + name_ + "}:lock");
    EXPECT_LE(run(servers_->redis().execute(std::move(look), after(5s))).integer(), 5000);
    run(shorter.release());
}

TEST_P(local_handoff_of, is_for_as_long_as_was_asked_for_though_another_had_stood_for_it) {
    const auto us = process();
    const auto elsewhere = process();
    auto held = lease_of(*ask(elsewhere));
    const auto first = ask(us, 50ms);  // by itself, and not for the line
    const auto gone = ask(us, 200ms, 1h);
    auto next = ask(us, 10s, 5s);
    await_end(*first);
    await_end(*gone);
    run(held.release());
    auto shorter = lease_of(*next);
    EXPECT_LE(shorter.held()->valid_until(), after(5s));
    auto look = redis::command("PTTL").arg("dibs:{" + name_ + "}:lock");
    EXPECT_LE(run(servers_->redis().execute(std::move(look), after(5s))).integer(), 5000);
    run(shorter.release());
}

TEST_P(local_handoff_of, gives_the_lock_back_when_its_turn_has_been_long_enough) {
    const auto us = process();
    let_tokens_gather(us);
    auto held = lease_of(*ask(us));
    auto next = ask(us);
    run_for(locks::longest_local_turn + 1ms);
    EXPECT_EQ(owner_at_server(), held.owner().text());
    run(held.release());
    auto after_that = lease_of(*next);
    EXPECT_EQ(owner_at_server(), after_that.owner().text()) << "a turn of its own";
    run(after_that.release());
}

TEST_P(local_handoff_of, gives_the_lock_back_when_its_tokens_are_spent) {
    const auto us = process();
    // There was no counter to draw tokens behind: a first grant has a single one.
    auto held = lease_of(*ask(us));
    const auto token = held.token().value();
    auto next = ask(us);
    run_for(1ms);
    run(held.release());
    auto after_that = lease_of(*next);
    EXPECT_EQ(owner_at_server(), after_that.owner().text());
    EXPECT_GT(after_that.token().value(), token);
    run(after_that.release());
}

TEST_P(local_handoff_of, is_not_done_for_those_who_do_not_want_it) {
    const auto us = process();
    auto with = us.request(name_);
    auto without = with;
    without.local_handoff = local_handoff::off;
    auto by_hand = with;
    by_hand.renewal = renewal::by_hand;
    for (const auto& request : {without, by_hand}) {
        auto first = run(us.locker->acquire(request));
        std::optional<maybe_lease> second;
        spawn(io_.get_executor(), keep(us.locker->acquire(request), second));
        run_for(1ms);
        run(first->release());
        while (!second) run_for(1ms);
        EXPECT_EQ(owner_at_server(), (*second)->owner().text());
        run((*second)->release());
    }
}

TEST_P(local_handoff_of, passes_on_a_lease_that_was_dropped) {
    const auto us = process();
    auto next = ask(us);
    auto third = ask(us);
    {
        const auto dropped = lease_of(*next);
        run_for(1ms);
    }
    run(lease_of(*third).release());
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_P(local_handoff_of, ends_the_turn_of_a_holder_that_lets_its_lease_run_out) {
    const auto us = process();
    auto forgotten = lease_of(*ask(us, 1s, 100ms));
    auto next = ask(us);
    auto held = lease_of(*next);
    EXPECT_FALSE(forgotten.valid());
    EXPECT_NE(run(forgotten.release()), release_outcome::released);
    EXPECT_EQ(owner_at_server(), held.owner().text()) << "the late holder freed another's lock";
    EXPECT_EQ(run(held.release()), release_outcome::released);
}

TEST_P(local_handoff_of, a_single_try_sees_that_the_lease_of_a_turn_is_over) {
    const auto us = process();
    auto wanted = us.request(name_);
    wanted.wait = 0ms;
    const auto forgotten = lease_of(*ask(us, 1s, 100ms));
    EXPECT_FALSE(run(us.locker->acquire(wanted)));
    run_for(150ms);
    auto next = run(us.locker->acquire(wanted));
    ASSERT_TRUE(next);
    EXPECT_EQ(owner_at_server(), next->owner().text());
    run(next->release());
}

TEST_P(local_handoff_of, passes_on_nothing_that_a_renewal_found_gone) {
    const auto us = process();
    let_tokens_gather(us);
    auto held = lease_of(*ask(us));
    auto next = ask(us);
    run_for(1ms);
    run(servers_->redis().execute(redis::command("DEL").arg("dibs:{" + name_ + "}:lock"), after(5s)));
    EXPECT_FALSE(run(held.held()->renew(10s, after(5s))));
    run(held.release());
    auto after_that = lease_of(*next);
    EXPECT_EQ(owner_at_server(), after_that.owner().text());
    run(after_that.release());
}

TEST_P(local_handoff_of, a_holder_who_has_lost_it_keeps_nobody_of_its_process_from_it) {
    const auto us = process();
    auto lost = lease_of(*ask(us, 10s, 60s));
    auto next = ask(us, 5s);
    run_for(1ms);
    run(servers_->redis().execute(redis::command("DEL").arg("dibs:{" + name_ + "}:lock"), after(5s)));
    EXPECT_FALSE(run(lost.held()->renew(10s, after(5s))));
    auto granted = lease_of(*next);
    EXPECT_EQ(owner_at_server(), granted.owner().text());
    run(granted.release());
    EXPECT_EQ(run(lost.release()), release_outcome::expired);
}

TEST_P(local_handoff_of, leaves_nothing_behind_when_all_who_waited_are_gone) {
    const auto us = process();
    const auto others = process();
    auto held = lease_of(*ask(others));
    auto first = ask(us);
    auto second = ask(us);
    auto third = ask(us, 20ms);
    for (auto* leaves : {first.get(), second.get()}) {
        run_for(5ms);
        leaves->stop.emit(asio::cancellation_type::terminal);
        await_end(*leaves);
    }
    await_end(*third);
    EXPECT_TRUE(third->got && !*third->got);
    run_for(20ms);
    EXPECT_THAT(run(keys_left()), Not(testing::Contains(testing::EndsWith(":alive"))));
    run(held.release());
    run_for(20ms);
    EXPECT_EQ(owner_at_server(), "") << "nobody waits, and it is held";
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_P(local_handoff_of, is_waited_for_by_who_comes_while_all_others_leave) {
    const auto us = process();
    const auto others = make(std::string(to_string(GetParam())));
    // Whoever stands at the backend for the line is on the way back from there at some of these steps.
    for (int step = 0; step < 20; ++step) {
        auto held = run(take(*others, 0ms));
        ASSERT_TRUE(held);
        auto at_backend = ask(us);
        auto in_line = ask(us);
        run_for(10ms);
        at_backend->stop.emit(asio::cancellation_type::terminal);
        run_for(10ms);
        in_line->stop.emit(asio::cancellation_type::terminal);
        io_.restart();
        for (int i = 0; i < step; ++i) io_.poll_one();
        auto last = ask(us);
        run_for(10ms);
        EXPECT_FALSE(last->ended) << "after " << step << " steps";
        EXPECT_EQ(run(held->release()), release_outcome::released);
        EXPECT_EQ(run(lease_of(*last).release()), release_outcome::released);
    }
}

TEST_P(local_handoff_of, tells_everybody_when_the_connection_is_closed) {
    const auto us = process();
    const auto others = process();
    auto held = lease_of(*ask(others));
    auto first = ask(us);
    auto second = ask(us);
    run_for(5ms);
    run(servers_->close());
    us.locker->closed();
    for (auto* waiting : {first.get(), second.get()}) {
        await_end(*waiting);
        EXPECT_THROW(std::rethrow_exception(waiting->failed), error);
    }
}

TEST_P(local_handoff_of, may_be_left_waiting_when_everything_goes) {
    const auto us = process();
    const auto others = process();
    auto held = lease_of(*ask(others));
    std::vector<std::optional<maybe_lease>> got(3);
    for (auto& one : got) spawn(io_.get_executor(), keep(us.locker->acquire(us.request(name_)), one));
    run_for(5ms);
    for (const auto& one : got) EXPECT_FALSE(one);
}

TEST_P(local_handoff_of, answers_a_single_try_at_once) {
    const auto us = process();
    auto held = lease_of(*ask(us));
    auto wanted = us.request(name_);
    wanted.wait = 0ms;
    EXPECT_FALSE(run(us.locker->acquire(wanted)));
    run(held.release());
    EXPECT_TRUE(run(us.locker->acquire(wanted)));
}

}  // namespace
}  // namespace dibs::tests
