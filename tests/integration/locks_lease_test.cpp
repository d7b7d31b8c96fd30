// What becomes of leases: released, expired, given back by the wrong one, left behind by those who died.
#include "core/spawn.hpp"
#include "core/task_group.hpp"
#include "core/timeout.hpp"
#include "postgres/transaction.hpp"
#include "tests/support/lock_fixture.hpp"

#include <dibs/error.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <csignal>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using locks::lease;

class lease_test : public lock_test {
   protected:
    /// A process that holds the lock, or stands at it, until it is killed.
    sandbox::process other_process(const std::string& lock, std::chrono::milliseconds for_long) {
        const auto urls = urls_of(shared_servers());
        sandbox::program program(
            DIBS_LOCK_WORKER, {"--lock", lock, "--redis", urls.redis, "--postgres", urls.postgres, "--name",
                               name_, "--hold", "--lease-ms", std::to_string(for_long.count())});
        for (const auto& master : urls.masters)
            program.arguments.insert(program.arguments.end(), {"--master", master});
        program.standard_output = sandbox::output::pipe();
        return shared_servers().supervisor().start(program);
    }

    /// Returns when the server takes every process that stands in the queue for dead.
    task<void> await_silence() {
        for (std::int64_t living = 1; living > 0;) {
            const auto time = co_await ask(redis::command("TIME"));
            const auto now_us = std::stoll(time.elements().at(0).text()) * 1'000'000 +
                                std::stoll(time.elements().at(1).text());
            auto look = redis::command("ZCOUNT").arg("dibs:{" + name_ + "}:alive").arg(now_us).arg("(inf");
            const auto count = co_await ask(std::move(look));
            living = count.integer();
        }
    }
};

class lease_of : public lease_test, public testing::WithParamInterface<algorithm> {
   protected:
    std::string lock() const { return std::string(to_string(GetParam())); }
    bool ends_by_time() const { return GetParam() != algorithm::database; }
};

INSTANTIATE_TEST_SUITE_P(every_algorithm, lease_of, testing::ValuesIn(all_algorithms),
                         [](const auto& with) { return std::string(to_string(with.param)); });

TEST_P(lease_of, a_single_try_tells_held_from_free) {
    const auto one = make(lock());
    const auto other = make(lock());
    auto held = run(take(*one, 0ms));
    ASSERT_TRUE(held);
    EXPECT_TRUE(held->valid());
    EXPECT_FALSE(run(take(*other, 0ms)));
    EXPECT_EQ(run(held->release()), release_outcome::released);
    auto next = run(take(*other, 0ms));
    ASSERT_TRUE(next);
    EXPECT_EQ(run(next->release()), release_outcome::released);
}

TEST_P(lease_of, a_wait_that_ends_leaves_nothing_behind) {
    const auto one = make(lock());
    const auto other = make(lock());
    auto held = run(take(*one, 0ms));
    ASSERT_TRUE(held);
    EXPECT_FALSE(run(take(*other, 30ms)));
    EXPECT_EQ(run(held->release()), release_outcome::released);
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_P(lease_of, a_cancelled_wait_leaves_nothing_behind) {
    const auto one = make(lock());
    const auto other = make(lock());
    auto held = run(take(*one, 0ms));
    ASSERT_TRUE(held);
    asio::cancellation_signal cancel;
    bool ended = false;
    std::optional<std::optional<lease>> got;
    spawn(io_.get_executor(), keep(take(*other, 10s), got), cancel.slot(),
          [&](const std::exception_ptr&) { ended = true; });
    io_.restart();
    io_.run_for(20ms);
    asio::post(io_, [&] { cancel.emit(asio::cancellation_type::terminal); });
    while (!ended && io_.run_one_for(5s) > 0) {
    }
    EXPECT_TRUE(ended);
    EXPECT_FALSE(got && *got);
    EXPECT_EQ(run(held->release()), release_outcome::released);
    EXPECT_TRUE(run(keys_left()).empty());
    auto next = run(take(*one, 1s));
    ASSERT_TRUE(next);
    EXPECT_EQ(run(next->release()), release_outcome::released);
}

TEST_P(lease_of, ends_by_itself_and_is_not_given_back_by_its_late_holder) {
    const auto one = make(lock());
    const auto other = make(lock());
    auto late = run(take(*one, 0ms, 150ms));
    ASSERT_TRUE(late);
    auto next = run(take(*other, 5s));
    ASSERT_TRUE(next);
    EXPECT_FALSE(late->valid());
    if (ends_by_time())
        EXPECT_NE(run(late->release()), release_outcome::released);
    else
        EXPECT_THROW(run(late->release()), error);
    EXPECT_FALSE(run(take(*one, 0ms))) << "the late holder freed another's lock";
    EXPECT_EQ(run(next->release()), release_outcome::released);
}

TEST_P(lease_of, a_killed_holder_blocks_no_longer_than_its_lease) {
    auto holder = other_process(lock(), 1s);
    ASSERT_EQ(holder.read_line(sandbox::clock::now() + 10s), "waiting");
    ASSERT_EQ(holder.read_line(sandbox::clock::now() + 10s), "held");
    const auto mine = make(lock());
    EXPECT_FALSE(run(take(*mine, 0ms)));
    holder.kill();
    auto next = run(take(*mine, 10s));
    ASSERT_TRUE(next);
    EXPECT_EQ(run(next->release()), release_outcome::released);
}

TEST_P(lease_of, a_killed_waiter_is_passed_over) {
    const auto one = make(lock());
    auto held = run(take(*one, 0ms));
    ASSERT_TRUE(held);
    auto waiter = other_process(lock(), 1s);
    ASSERT_EQ(waiter.read_line(sandbox::clock::now() + 10s), "waiting");
    const bool queues = GetParam() == algorithm::queue || GetParam() == algorithm::fencing;
    if (queues) run(await_queue());
    waiter.kill();
    if (queues) run(await_silence());
    EXPECT_EQ(run(held->release()), release_outcome::released);
    if (queues) {
        EXPECT_TRUE(run(keys_left()).empty()) << "it was granted to the dead";
    }
    auto next = run(take(*one, 10s));
    ASSERT_TRUE(next);
    EXPECT_EQ(run(next->release()), release_outcome::released);
}

TEST_P(lease_of, tokens_grow_even_when_redis_loses_its_counter) {
    const auto locker = make(lock());
    std::optional<fencing_token> last;
    for (int i = 0; i < 5; ++i) {
        auto held = run(take(*locker, 1s));
        ASSERT_TRUE(held);
        EXPECT_EQ(held->token().has_value(), GetParam() != algorithm::redlock);
        if (held->token()) {
            EXPECT_TRUE(!last || *held->token() > *last);
            last = held->token();
        }
        EXPECT_EQ(run(held->release()), release_outcome::released);
        if (i == 2) run(servers_->redis().execute(redis::command("FLUSHALL"), after(5s)));
    }
}

TEST_F(lease_test, sees_a_lock_released_by_whoever_asks) {
    const auto broken = make("no-owner-check");
    auto late = run(take(*broken, 0ms, 150ms));
    auto next = run(take(*broken, 5s));
    ASSERT_TRUE(late && next);
    run(late->release());
    auto third = run(take(*broken, 0ms));
    EXPECT_TRUE(third) << "the twin is not broken";
}

TEST_F(lease_test, queue_serves_in_order_of_arrival) {
    const auto locker = make("queue");
    auto held = run(take(*locker, 0ms));
    ASSERT_TRUE(held);
    std::vector<int> served;
    const auto wait_in_line = [&](int who) -> task<void> {
        auto mine = co_await take(*locker, 10s);
        served.push_back(who);
        if (mine) co_await mine->release();
    };
    task_group line(io_.get_executor());
    for (int who = 0; who < 10; ++who) line.spawn(wait_in_line(who));
    io_.restart();
    io_.run_for(50ms);
    run(held->release());
    run(line.join());
    EXPECT_EQ(served, std::vector({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST_F(lease_test, queue_puts_back_waiters_whom_the_server_forgot) {
    const auto key = [&](const char* which) { return "dibs:{" + name_ + "}:" + which; };
    std::vector<redis::command> losses;
    losses.emplace_back("FLUSHALL");
    losses.push_back(redis::command("DEL").arg(key("queue")).arg(key("alive")));
    losses.push_back(redis::command("DEL").arg(key("alive")));
    losses.push_back(redis::command("ZREMRANGEBYRANK").arg(key("alive")).arg(0).arg(5));
    for (auto& loss : losses) {
        const auto what = loss.describe();
        const auto locker = make("queue");
        auto held = run(take(*locker, 0ms));
        ASSERT_TRUE(held);
        int served = 0;
        const auto wait_in_line = [&]() -> task<void> {
            auto mine = co_await take(*locker, 20s);
            served += mine ? 1 : 0;
            if (mine) co_await mine->release();
        };
        constexpr int waiters = 1200;  // more than one heartbeat names
        task_group line(io_.get_executor());
        for (int who = 0; who < waiters; ++who) line.spawn(wait_in_line());
        run(await_queue(waiters));
        run(servers_->redis().execute(std::move(loss), after(5s)));
        run(held->release());
        run(line.join());
        EXPECT_EQ(served, waiters) << what;
        EXPECT_TRUE(run(keys_left()).empty());
    }
}

TEST_F(lease_test, a_database_lease_that_is_dropped_undoes_its_writes) {
    constexpr postgres::statement make_table{"", "CREATE TABLE IF NOT EXISTS written (what text)"};
    constexpr postgres::statement write{"", "INSERT INTO written VALUES ($1)"};
    constexpr postgres::statement count{"", "SELECT count(*) FROM written WHERE what = $1"};
    run(servers_->pool().execute(make_table, {}, after(5s)));
    const auto locker = make("database");
    {
        auto held = run(take(*locker, 0ms));
        ASSERT_TRUE(held);
        run(held->transaction()->execute(write, postgres::params().add(name_), after(5s)));
    }
    auto held = run(take(*locker, 5s));
    ASSERT_TRUE(held);
    EXPECT_EQ(run(servers_->pool().execute(count, postgres::params().add(name_), after(5s))).integer(0, 0),
              0);
    run(held->transaction()->execute(write, postgres::params().add(name_), after(5s)));
    EXPECT_EQ(run(held->release()), release_outcome::released);
    EXPECT_EQ(run(servers_->pool().execute(count, postgres::params().add(name_), after(5s))).integer(0, 0),
              1);
}

TEST_F(lease_test, a_shorter_time_counts_though_its_answer_is_lost) {
    auto& servers = shared_servers();
    auto on_one = run(take(*make("spinlock"), 0ms));
    auto on_five = run(take(*make("redlock"), 0ms));
    ASSERT_TRUE(on_one && on_five);
    servers.redis().signal(SIGSTOP);
    for (std::size_t i = 0; i < 5; ++i) servers.redis_master(i).signal(SIGSTOP);
    for (auto* held : {&*on_one, &*on_five}) {
        EXPECT_THROW(run(held->held()->renew(1s, after(50ms))), error);
        EXPECT_LE(held->valid_until(), after(1s));
    }
    servers.redis().signal(SIGCONT);
    for (std::size_t i = 0; i < 5; ++i) servers.redis_master(i).signal(SIGCONT);
}

TEST_F(lease_test, redlock_needs_three_of_five) {
    auto& servers = shared_servers();
    const auto locker = make("redlock");
    servers.redis_master(0).signal(SIGSTOP);
    servers.redis_master(1).signal(SIGSTOP);
    auto with_three = run(take(*locker, 1s));
    EXPECT_TRUE(with_three && run(with_three->release()) == release_outcome::released);
    servers.redis_master(2).signal(SIGSTOP);
    EXPECT_THROW(run(take(*locker, 1s)), error);
    for (std::size_t i = 0; i < 3; ++i) servers.redis_master(i).signal(SIGCONT);
    auto healed = run(take(*locker, 15s));
    EXPECT_TRUE(healed && run(healed->release()) == release_outcome::released);
}

}  // namespace
}  // namespace dibs::tests
