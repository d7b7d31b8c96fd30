// A redlock decides without the slow ones of its masters; what it asked of them must not outlive its owner.
#include "fault/proxy_thread.hpp"
#include "redis/scripts.hpp"
#include "tests/support/lock_fixture.hpp"

#include <dibs/error.hpp>

#include <gmock/gmock.h>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t slow = 4;

class redlock_test : public lock_test {
   protected:
    redlock_test() : link_(shared_servers().redis_master(slow), 1) {
        auto urls = urls_of(shared_servers());
        urls.masters.at(slow) = link_.url();
        through_link_ = std::make_unique<lock_servers>(io_.get_executor(), urls);
        locker_ = make_lock("redlock", through_link_->for_lockers()).locker;
        run(cycle());  // connects
        link_.change([](faults::proxy& link) { link.set(faults::direction::to_client, {.latency = 30ms}); });
    }
    void TearDown() override { run(through_link_->close()); }

    task<void> cycle() {
        auto held = co_await take(*locker_, 0ms, 60s);
        EXPECT_EQ(co_await held.value().release(), release_outcome::released);
    }

    /// Of the slow master, past the link.
    task<redis::reply> ask_master(redis::command what) {
        return servers_->for_lockers().masters.at(slow)->execute(std::move(what), after(5s));
    }

    /// The lock's keys at the slow master when all that was asked of it so far has run, and all that an
    /// answer made somebody ask.
    task<std::vector<redis::reply>> keys_at_last() {
        for (int i = 0; i < 3; ++i)
            co_await through_link_->for_lockers().masters.at(slow)->execute(redis::command("PING"),
                                                                            after(5s));
        auto look = redis::command("KEYS").arg("dibs:{" + name_ + "}:*");
        const auto answer = co_await ask_master(std::move(look));
        co_return answer.elements();
    }

    faults::proxy_thread link_;
    std::unique_ptr<lock_servers> through_link_;
    std::unique_ptr<locks::locker> locker_;
};

TEST_F(redlock_test, a_slow_master_keeps_no_key_of_a_holder_who_has_left) {
    run(cycle());
    EXPECT_THAT(run(keys_at_last()), testing::IsEmpty());
}

// It knows the release, but must be told what a take is: by then the holder has left.
TEST_F(redlock_test, nor_does_one_that_has_forgotten_the_scripts) {
    run(ask_master(redis::command("SCRIPT").arg("FLUSH")));
    run(ask_master(redis::command("SCRIPT").arg("LOAD").arg(redis::scripts::release.source())));
    run(cycle());
    EXPECT_THAT(run(keys_at_last()), testing::IsEmpty());
}

// A renewal makes the key again where it is gone: by then the holder has left.
TEST_F(redlock_test, nor_does_one_that_has_forgotten_the_key) {
    auto held = run(take(*locker_, 0ms, 60s));
    ASSERT_TRUE(held);
    run(keys_at_last());
    run(ask_master(redis::command("DEL").arg("dibs:{" + name_ + "}:redlock")));
    EXPECT_TRUE(run(held->held()->renew(60s, after(5s))));
    EXPECT_EQ(run(held->release()), release_outcome::released);
    EXPECT_THAT(run(keys_at_last()), testing::IsEmpty());
}

// Two have lost the key and one does not answer: no majority says that the lease is lost.
TEST_F(redlock_test, a_renewal_with_mixed_answers_may_be_tried_again) {
    auto held = run(take(*locker_, 0ms, 60s));
    ASSERT_TRUE(held);
    run(keys_at_last());
    link_.change([](faults::proxy& link) { link.set({.hole = faults::black_hole::drop}); });
    for (const std::size_t number : {0, 1}) {
        auto forget = redis::command("DEL").arg("dibs:{" + name_ + "}:redlock");
        run(servers_->for_lockers().masters.at(number)->execute(std::move(forget), after(5s)));
    }
    EXPECT_THROW(run(held->held()->renew(60s, after(100ms))), error);
    EXPECT_TRUE(held->valid());
    link_.change([](faults::proxy& link) { link.heal(); });
    EXPECT_TRUE(run(held->held()->renew(60s, after(5s))));
    EXPECT_EQ(run(held->release()), release_outcome::released);
}

TEST_F(redlock_test, an_earlier_renewal_that_is_answered_late_does_not_extend_a_shorter_one) {
    auto held = run(take(*locker_, 0ms, 60s));
    ASSERT_TRUE(held);
    auto earlier = held->held()->renew(60s, after(5s));
    auto shorter = held->held()->renew(20s, after(5s));
    EXPECT_TRUE(run(std::move(earlier)));
    EXPECT_LT(held->valid_until(), after(21s));
    EXPECT_TRUE(run(std::move(shorter)));
    EXPECT_EQ(run(held->release()), release_outcome::released);
}

}  // namespace
}  // namespace dibs::tests
