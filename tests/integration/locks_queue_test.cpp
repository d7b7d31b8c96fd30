// What the queue in Redis is kept free of, and what its waiters can do without.
#include "core/task_group.hpp"
#include "locks/grants.hpp"
#include "tests/support/lock_fixture.hpp"

#include <string>
#include <vector>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using maybe_granted = std::optional<std::optional<locks::lease>>;

class queue_test : public lock_test {
   protected:
    std::int64_t in_queue() {
        return run(ask(redis::command("LLEN").arg("dibs:{" + name_ + "}:queue"))).integer();
    }
    std::string token_drawn() {
        return run(ask(redis::command("GET").arg("dibs:{" + name_ + "}:token"))).text();
    }

    lock_servers elsewhere_{io_.get_executor(), urls_of(shared_servers())};
    std::unique_ptr<locks::locker> there_ = make_lock("queue", elsewhere_.for_lockers()).locker;
};

TEST_F(queue_test, a_single_try_is_not_put_in_line_by_a_heartbeat) {
    const auto here = make("queue");
    auto held = run(take(*there_, 0ms, 60s));
    maybe_granted got;
    task_group waiting(io_.get_executor());
    waiting.spawn(keep(take(*here, 20s), got));
    run(await_queue());
    const auto several_heartbeats = after(1s);
    while (steady::now() < several_heartbeats) EXPECT_FALSE(run(take(*here, 0ms)));
    EXPECT_EQ(in_queue(), 1);
    run(held->release());
    run(waiting.join());
    ASSERT_TRUE(got && *got);
    run((*got)->release());
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_F(queue_test, those_who_left_are_dropped_under_a_holder_who_stays) {
    const locks::grants at(servers_->for_lockers().redis, locks::lock_keys::with_queue(lock_name(name_)));
    const locks::terms wanted{.lease = 10s};
    const auto stand = [&](const owner_id& who) {
        return run(at.enqueue(who, wanted, locks::grants::when_busy::stand_in_queue, after(5s)));
    };
    const owner_id holder("one.1");
    const std::vector staying{owner_id("two.1"), owner_id("two.2"), owner_id("two.3")};
    EXPECT_TRUE(stand(holder).granted);
    for (const auto& who : staying) {
        stand(who);
        for (int i = 0; i < 500; ++i) {
            const owner_id impatient("two." + who.text() + std::to_string(i));
            stand(impatient);
            run(at.cancel({locks::grants::entry(impatient, wanted)}, after(5s)));
        }
    }
    EXPECT_LT(in_queue(), 1'010);
    EXPECT_EQ(run(at.release(holder, after(5s))), release_outcome::released);
    for (const auto& next : staying) EXPECT_EQ(run(at.release(next, after(5s))), release_outcome::released);
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_F(queue_test, a_waiter_who_cannot_listen_is_kept_alive_and_granted_by_heartbeats) {
    auto held = run(take(*make("queue"), 0ms, 60s));
    run(elsewhere_.redis().execute(redis::command("PING"), after(5s)));
    const auto allow = [&](const char* clients) {
        run(ask(redis::command("CONFIG").arg("SET").arg("maxclients").arg(clients)));
    };
    allow("1");
    maybe_granted got;
    task_group waiting(io_.get_executor());
    waiting.spawn(keep(take(*there_, 20s), got));
    run(await_queue());
    io_.restart();
    io_.run_for(1500ms);  // who is not heard of for a second is dead
    run(held->release());
    const auto drawn = token_drawn();
    run(waiting.join());
    allow("10000");
    ASSERT_TRUE(got && *got);
    EXPECT_EQ(std::to_string((*got)->token()->value()), drawn) << "it was passed over, and came later";
    run((*got)->release());
}

}  // namespace
}  // namespace dibs::tests
