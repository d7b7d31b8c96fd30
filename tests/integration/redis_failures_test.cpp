#include "core/spawn.hpp"
#include "core/task_group.hpp"
#include "core/timeout.hpp"
#include "redis/connection.hpp"
#include "tests/support/redis_test.hpp"
#include "tests/support/run_task.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include <csignal>
#include <memory>

namespace dibs::redis {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::run_task;

struct ending {
    bool answered = false;
    reply answer;
    std::optional<fault> failed;
    std::string text;
    std::optional<client_identity> client;
};

task<void> record(connection& on, command what, deadline until, ending& end) {
    try {
        end.answer = co_await on.execute(std::move(what), until);
        end.answered = true;
    } catch (const lost_reply& lost) {
        end.failed = lost.kind();
        end.text = lost.what();
        end.client = lost.client();
    } catch (const error& failed) {
        end.failed = failed.kind();
        end.text = failed.what();
    }
}

class redis_failures : public tests::redis_test {
   protected:
    connection connect(const connection_options& options = {}) {
        return connection(io.get_executor(), endpoint_from_url(redis.url()), options);
    }
    reply ask(connection& on, command what) { return run_task(io, on.execute(std::move(what), after(10s))); }
    ending end_of(connection& on, command what, deadline until) {
        ending end;
        run_task(io, record(on, std::move(what), until, end));
        return end;
    }
    static command blocking(std::string_view key) { return command("BLPOP").arg(key).arg(0); }

    /// Runs until the server has this many clients in a blocking command: what was sent has arrived.
    void await_blocked(connection& admin, int clients) {
        const auto wanted = "blocked_clients:" + std::to_string(clients) + "\r";
        const auto until = after(10s);
        while (ask(admin, command("INFO").arg("clients")).text().find(wanted) == std::string::npos)
            if (steady::now() > until) throw std::runtime_error("nobody blocks");
    }

    asio::io_context io{1};
};

TEST_F(redis_failures, a_kill_in_mid_flight_leaves_the_sent_in_doubt_and_the_rest_queued) {
    connection shared = connect();
    connection admin = connect();
    ask(shared, command("PING"));
    const auto client = shared.client();
    ending blocked;
    ending behind;
    task_group both(io.get_executor());
    both.spawn(record(shared, blocking("never"), after(20s), blocked));
    both.spawn(record(shared, command("INCR").arg("n"), after(20s), behind));
    await_blocked(admin, 1);
    redis.kill();
    run_task(io, both.join());
    for (const auto& end : {blocked, behind}) {
        EXPECT_EQ(end.failed, fault::in_doubt) << end.text;
        EXPECT_EQ(end.client, client);
    }
    EXPECT_THAT(behind.text, HasSubstr("INCR n"));

    std::array<ending, 20> queued;
    task_group later(io.get_executor());
    for (auto& end : queued) later.spawn(record(shared, command("INCR").arg("m"), after(20s), end));
    ending impatient;
    run_task(io, record(shared, command("INCR").arg("m"), after(50ms), impatient));
    EXPECT_EQ(impatient.failed, fault::unavailable);
    EXPECT_THAT(impatient.text, HasSubstr("not sent before the deadline: redis unix:"));
    redis.start();
    run_task(io, later.join());
    for (std::size_t i = 0; i < queued.size(); ++i) {
        ASSERT_TRUE(queued.at(i).answered) << queued.at(i).text;
        EXPECT_EQ(queued.at(i).answer.integer(), static_cast<std::int64_t>(i) + 1);
    }
    EXPECT_EQ(shared.generation(), 2U);
    EXPECT_NE(shared.client(), std::nullopt);
}

TEST_F(redis_failures, a_connection_made_while_the_server_is_busy_has_its_identity_afterwards) {
    connection admin = connect();
    ask(admin, command("CONFIG").arg("SET").arg("busy-reply-threshold").arg(1));
    connection busy = connect();
    ending script;
    task_group both(io.get_executor());
    both.spawn(record(busy, command("EVAL").arg("while true do end").arg(0), after(20s), script));
    while (end_of(admin, command("PING"), after(10s)).text.find("BUSY") == std::string::npos) {
    }
    connection shared = connect();
    ending asked;
    both.spawn(record(shared, command("PING"), after(20s), asked));
    io.restart();
    io.run_for(30ms);
    EXPECT_FALSE(asked.answered);
    ask(admin, command("SCRIPT").arg("KILL"));
    run_task(io, both.join());
    EXPECT_TRUE(asked.answered) << asked.text;
    EXPECT_TRUE(shared.client());
}

task<void> ask_and_throw(connection& on) {
    co_await on.execute(command("PING"), after(20s));
    throw std::runtime_error("thrown by whom it woke");
}

// A strand calls handlers where they are posted from, so that what they throw comes through the connection.
TEST_F(redis_failures, what_a_caller_on_a_strand_throws_harms_nobody_else) {
    const auto strand = asio::make_strand(io);
    connection shared(strand, endpoint_from_url(redis.url()));
    ending before;
    ending behind;
    task_group others(strand);
    others.spawn(record(shared, command("ECHO").arg("1"), after(20s), before));
    spawn(strand, ask_and_throw(shared),
          [](const std::exception_ptr& failed) { std::rethrow_exception(failed); });
    others.spawn(record(shared, command("ECHO").arg("2"), after(20s), behind));
    EXPECT_THROW(io.run(), std::runtime_error);
    run_task(io, others.join());
    EXPECT_EQ(before.answer.text(), "1");
    EXPECT_EQ(behind.answer.text(), "2");
    EXPECT_EQ(ask(shared, command("ECHO").arg("3")).text(), "3");
    EXPECT_EQ(shared.generation(), 1U);
}

TEST_F(redis_failures, an_idle_connection_comes_back_unnoticed) {
    connection shared = connect();
    ask(shared, command("PING"));
    redis.kill();
    redis.start();
    EXPECT_EQ(ask(shared, command("PING")).text(), "PONG");
    EXPECT_EQ(shared.generation(), 2U);
}

TEST_F(redis_failures, no_server_is_unavailable_at_the_deadline) {
    redis.kill();
    connection shared = connect();
    const auto begin = steady::now();
    const auto end = end_of(shared, command("PING"), after(100ms));
    EXPECT_EQ(end.failed, fault::unavailable);
    EXPECT_GE(steady::now() - begin, 100ms);
    const auto late = end_of(shared, command("PING"), begin);
    EXPECT_EQ(late.failed, fault::unavailable);
}

TEST_F(redis_failures, a_server_that_never_greets_holds_nobody_up) {
    const auto door = box.folder() / "mute";
    const asio::local::stream_protocol::endpoint address(door.native());
    asio::local::stream_protocol::acceptor mute(io, address);
    endpoint where;
    where.unix_path = door.native();
    connection_options options;
    options.connect_timeout = 20ms;
    connection shared(io.get_executor(), where, options);
    const auto end = end_of(shared, command("PING"), after(200ms));
    EXPECT_EQ(end.failed, fault::unavailable);
    EXPECT_THAT(end.text, HasSubstr("no connection in time"));
}

TEST_F(redis_failures, replies_stay_aligned_after_a_timeout) {
    connection shared = connect();
    ask(shared, command("PING"));
    redis.signal(SIGSTOP);
    std::array<ending, 10> late;
    task_group all(io.get_executor());
    for (std::size_t i = 0; i < late.size(); ++i)
        all.spawn(record(shared, command("ECHO").arg(i), after(i % 2 == 0 ? 30ms : 60ms), late.at(i)));
    run_task(io, all.join());
    for (const auto& end : late) {
        EXPECT_EQ(end.failed, fault::timeout) << end.text;
        EXPECT_EQ(end.client, shared.client());
    }
    redis.signal(SIGCONT);
    EXPECT_EQ(ask(shared, command("ECHO").arg("after")).text(), "after");
    EXPECT_EQ(shared.generation(), 1U);
    EXPECT_EQ(shared.outstanding(), 0U);
}

TEST_F(redis_failures, a_silent_connection_is_given_up) {
    connection_options options;
    options.silence_limit = 50ms;
    options.connect_timeout = 10s;
    connection shared = connect(options);
    ask(shared, command("PING"));
    redis.signal(SIGSTOP);
    // Those who are patient do not keep it, before or behind the one whom no answer came in time.
    ending before;
    ending late;
    ending behind;
    task_group all(io.get_executor());
    all.spawn(record(shared, command("INCR").arg("n"), after(20s), before));
    all.spawn(record(shared, command("PING"), after(30ms), late));
    all.spawn(record(shared, command("INCR").arg("n"), after(20s), behind));
    run_task(io, all.join());
    EXPECT_EQ(late.failed, fault::timeout);
    for (const auto& doubtful : {before, behind}) {
        EXPECT_EQ(doubtful.failed, fault::in_doubt);
        EXPECT_THAT(doubtful.text, HasSubstr("silent"));
    }
    redis.signal(SIGCONT);
    EXPECT_EQ(ask(shared, command("PING")).text(), "PONG");
    EXPECT_EQ(shared.generation(), 2U);
}

task<void> give_up_at(connection& on, command what, deadline until, std::optional<bool>& in_time) {
    auto work = on.execute(std::move(what), after(20s));
    in_time = (co_await with_timeout(std::move(work), until)).has_value();
}

TEST_F(redis_failures, a_cancelled_request_leaves_no_trace_in_the_order) {
    connection shared = connect();
    connection admin = connect();
    std::optional<bool> in_time;
    task_group cancelled(io.get_executor());
    cancelled.spawn(give_up_at(shared, blocking("gift"), after(30ms), in_time));
    ending next;
    task_group behind(io.get_executor());
    behind.spawn(record(shared, command("ECHO").arg("mine"), after(20s), next));
    await_blocked(admin, 1);
    run_task(io, cancelled.join());
    EXPECT_EQ(in_time, false);
    EXPECT_EQ(behind.running(), 1U);
    ask(admin, command("RPUSH").arg("gift").arg("not mine"));
    run_task(io, behind.join());
    EXPECT_EQ(next.answer.text(), "mine");
}

TEST_F(redis_failures, a_request_cancelled_before_it_was_sent_is_never_sent) {
    redis.kill();
    connection shared = connect();
    std::optional<bool> in_time;
    ending kept;
    task_group group(io.get_executor());
    group.spawn(record(shared, command("INCR").arg("kept"), after(20s), kept));
    run_task(io, give_up_at(shared, command("INCR").arg("dropped"), after(20ms), in_time));
    EXPECT_EQ(in_time, false);
    redis.start();
    run_task(io, group.join());
    EXPECT_EQ(kept.answer.integer(), 1);
    EXPECT_EQ(ask(shared, command("EXISTS").arg("dropped")).integer(), 0);
}

TEST_F(redis_failures, closing_ends_everybody) {
    connection shared = connect();
    connection admin = connect();
    ending sent;
    task_group group(io.get_executor());
    group.spawn(record(shared, blocking("never"), after(20s), sent));
    await_blocked(admin, 1);
    run_task(io, shared.close());
    run_task(io, group.join());
    EXPECT_EQ(sent.failed, fault::closed);
    EXPECT_EQ(end_of(shared, command("PING"), after(1s)).failed, fault::closed);
    EXPECT_FALSE(shared.connected());
}

TEST_F(redis_failures, destroying_a_connection_ends_everybody) {
    auto shared = std::make_unique<connection>(connect());
    connection admin = connect();
    std::array<ending, 3> waiting;
    task_group group(io.get_executor());
    for (auto& end : waiting) group.spawn(record(*shared, blocking("never"), after(20s), end));
    await_blocked(admin, 1);
    shared.reset();
    run_task(io, group.join());
    for (const auto& end : waiting) EXPECT_EQ(end.failed, fault::closed) << end.text;
}

task<void> destroy_after(std::unique_ptr<connection>& shared, command what) {
    co_await shared->execute(std::move(what), after(10s));
    shared.reset();
}

TEST_F(redis_failures, a_woken_coroutine_may_destroy_the_connection_that_wakes_others) {
    auto shared = std::make_unique<connection>(connect());
    std::array<ending, 3> others;
    task_group group(io.get_executor());
    group.spawn(destroy_after(shared, command("PING")));
    for (auto& end : others) group.spawn(record(*shared, command("PING"), after(10s), end));
    run_task(io, group.join());
    for (const auto& end : others) EXPECT_TRUE(end.answered || end.failed == fault::closed) << end.text;
}

task<void> own_a_connection(endpoint where, ending& end) {
    connection owned(co_await asio::this_coro::executor, std::move(where));
    co_await record(owned, command("BLPOP").arg("never").arg(0), after(20s), end);
}

/// What leaks here, AddressSanitizer tells.
TEST_F(redis_failures, a_context_that_goes_takes_its_coroutines_along) {
    const auto where = endpoint_from_url(redis.url());
    std::array<ending, 2> blocked;
    ending last;
    auto inner = std::make_unique<asio::io_context>(1);
    auto shared = std::make_unique<connection>(inner->get_executor(), where);
    spawn(inner->get_executor(), record(*shared, blocking("never"), after(20s), blocked[0]));
    spawn(inner->get_executor(), own_a_connection(where, blocked[1]));
    run_task(*inner, record(*shared, command("PING"), after(50ms), last));
    shared.reset();
    inner.reset();
    EXPECT_EQ(last.failed, fault::timeout);
    for (const auto& end : blocked) EXPECT_FALSE(end.answered || end.failed) << end.text;
}

}  // namespace
}  // namespace dibs::redis
