#include "fault/proxy.hpp"
#include "redis/connection.hpp"
#include "tests/support/redis_test.hpp"
#include "tests/support/run_task.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

namespace dibs::faults {
namespace {

using namespace std::chrono_literals;
using redis::command;
using redis::connection;
using redis::reply;
using tests::run_task;

class fault_proxy : public tests::redis_test {
   protected:
    void SetUp() override {
        redis_test::SetUp();
        relay.emplace(io.get_executor(), endpoint_of(redis), proxy_options{.seed = 42});
    }
    void TearDown() override {
        if (relay) run_task(io, relay->stop());
    }

    connection through() { return {io.get_executor(), redis::endpoint_from_url(url_through(*relay, redis))}; }
    connection direct() { return {io.get_executor(), redis::endpoint_from_url(redis.url())}; }
    reply ask(connection& on, command what) { return run_task(io, on.execute(std::move(what), after(20s))); }
    /// Empty: it was answered.
    std::optional<dibs::fault> failure(connection& on, command what, steady::duration patience = 20s) {
        try {
            run_task(io, on.execute(std::move(what), after(patience)));
            return std::nullopt;
        } catch (const error& failed) {
            return failed.kind();
        }
    }
    static command set(std::string_view value) { return command("SET").arg("key").arg(value); }
    static command get() { return command("GET").arg("key"); }
    /// Runs until the server has this value.
    void await_value(connection& on, std::string_view value) {
        const auto until = after(20s);
        for (;;) {
            const auto answer = ask(on, get());
            if (!answer.is_nil() && answer.text() == value) return;
            if (steady::now() > until) throw std::runtime_error("the value does not come");
        }
    }
    void await_open(std::size_t connections) {
        const auto until = after(20s);
        while (relay->statistics().open != connections && io.run_one_until(until) > 0) {
        }
        ASSERT_EQ(relay->statistics().open, connections);
    }
    steady::duration time_of(connection& on, command what) {
        const auto start = steady::now();
        ask(on, std::move(what));
        return steady::now() - start;
    }

    asio::io_context io{1};
    std::optional<proxy> relay;
};

std::string pattern(std::size_t size) {
    std::string made(size, ' ');
    for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<char>('a' + i * i % 23);
    return made;
}

TEST_F(fault_proxy, passes_every_byte_whatever_the_conditions) {
    const link_conditions each[] = {{},
                                    {.slice = 100},
                                    {.bytes_per_second = 2'000'000},
                                    {.latency = 3ms},
                                    {.latency = 1ms, .jitter = 5ms, .slice = 1000}};
    auto client = through();
    auto server = direct();
    const auto value = pattern(300'000);
    for (const auto& conditions : each) {
        relay->set(conditions);
        EXPECT_EQ(ask(client, set(value)).text(), "OK");
        EXPECT_EQ(ask(server, get()).text(), value);
        EXPECT_EQ(ask(client, get()).text(), value);
        ask(client, command("DEL").arg("key"));
    }
    const auto counted = relay->statistics();
    EXPECT_EQ(counted.connections, 1U);
    EXPECT_GT(counted.to_server, 5 * value.size());
    EXPECT_GT(counted.to_client, 5 * value.size());
    EXPECT_EQ(counted.dropped, 0U);
}

TEST_F(fault_proxy, latency_is_what_was_asked_and_does_not_limit_the_throughput) {
    auto client = through();
    ask(client, command("PING"));
    relay->set({.latency = 20ms});
    EXPECT_GE(time_of(client, command("PING")), 40ms);
    relay->set(direction::to_client, {});
    const auto one_way = time_of(client, command("PING"));
    EXPECT_GE(one_way, 20ms);
    // 3 MB at 48 KiB for each 20 ms are 1.3 s; a chunk of at most 16 KiB for each 20 ms would take 3.8 s.
    const auto big = time_of(client, set(pattern(3'000'000)));
    EXPECT_GE(big, 1s);
    EXPECT_LT(big, 3s);
    RecordProperty("one_way_us", static_cast<int>(one_way / 1us));
    RecordProperty("three_megabytes_ms", static_cast<int>(big / 1ms));
}

TEST_F(fault_proxy, the_rate_is_kept) {
    auto client = through();
    ask(client, command("PING"));
    relay->set(direction::to_server, {.bytes_per_second = 200'000});
    const auto took = time_of(client, set(pattern(60'000)));
    EXPECT_GE(took, 280ms);
    EXPECT_LT(took, 3s);
}

TEST_F(fault_proxy, a_held_question_is_not_executed_before_healing) {
    auto client = through();
    auto server = direct();
    ask(client, command("PING"));
    relay->set(direction::to_server, {.hole = black_hole::hold});
    EXPECT_EQ(failure(client, set("late"), 100ms), dibs::fault::timeout);
    EXPECT_TRUE(ask(server, get()).is_nil());
    relay->heal();
    await_value(server, "late");
    EXPECT_EQ(ask(client, command("PING")).text(), "PONG");
    EXPECT_EQ(relay->statistics().connections, 1U);
}

TEST_F(fault_proxy, a_held_answer_is_one_to_a_question_that_was_executed) {
    auto client = through();
    auto server = direct();
    ask(client, command("PING"));
    relay->set(direction::to_client, {.hole = black_hole::hold});
    EXPECT_EQ(failure(client, set("done"), 100ms), dibs::fault::timeout);
    await_value(server, "done");
    relay->heal();
    EXPECT_EQ(ask(client, get()).text(), "done");
    EXPECT_EQ(relay->statistics().connections, 1U);
}

TEST_F(fault_proxy, a_dropped_question_is_never_executed_and_its_connection_reset_at_healing) {
    auto client = through();
    auto server = direct();
    ask(client, command("PING"));
    relay->set({.hole = black_hole::drop});
    EXPECT_EQ(failure(client, set("lost"), 100ms), dibs::fault::timeout);
    EXPECT_GT(relay->statistics().dropped, 0U);
    relay->heal();
    EXPECT_EQ(ask(client, command("PING")).text(), "PONG");
    EXPECT_TRUE(ask(server, get()).is_nil());
    EXPECT_EQ(relay->statistics().connections, 2U);
}

TEST_F(fault_proxy, a_black_hole_takes_no_more_than_its_bound) {
    auto client = through();
    ask(client, command("PING"));
    relay->set({.hole = black_hole::hold});
    const auto before = relay->statistics().to_server;
    EXPECT_EQ(failure(client, set(pattern(20'000'000)), 300ms), dibs::fault::timeout);
    EXPECT_LE(relay->statistics().to_server - before, delay_line::largest_piece);
    EXPECT_EQ(relay->statistics().dropped, 0U);
}

TEST_F(fault_proxy, a_reset_is_an_error_for_whoever_waits) {
    auto client = through();
    auto server = direct();
    ask(client, command("PING"));
    auto waiting = tests::start_task(io.get_executor(),
                                     client.execute(command("BLPOP").arg("never").arg(0), after(20s)));
    while (ask(server, command("INFO").arg("clients")).text().find("blocked_clients:1") == std::string::npos)
        continue;
    const auto start = steady::now();
    relay->reset_all();
    while (waiting.wait_for(0s) != std::future_status::ready) io.run_one_for(1s);
    EXPECT_LT(steady::now() - start, 5s);
    try {
        waiting.get();
        FAIL() << "it was answered";
    } catch (const error& failed) {
        EXPECT_EQ(failed.kind(), dibs::fault::in_doubt);
    }
    EXPECT_EQ(ask(client, command("PING")).text(), "PONG");
    EXPECT_EQ(relay->statistics().connections, 2U);
}

task<boost::system::error_code> end_of_connection(endpoint where, proxy& through) {
    stream_socket socket(co_await asio::this_coro::executor);
    co_await socket.async_connect(where, asio::use_awaitable);
    const std::string question = "PING\r\n";
    const auto bytes = asio::buffer(question);
    co_await asio::async_write(socket, bytes, asio::use_awaitable);
    std::array<char, 7> pong{};
    const auto answer = asio::buffer(pong);
    co_await asio::async_read(socket, answer, asio::use_awaitable);
    through.reset_all();
    boost::system::error_code ended;
    co_await socket.async_read_some(answer, asio::redirect_error(asio::use_awaitable, ended));
    co_return ended;
}

TEST_F(fault_proxy, a_reset_is_one_on_the_wire) {
    EXPECT_EQ(run_task(io, end_of_connection(relay->address(), *relay)), asio::error::connection_reset);
}

TEST_F(fault_proxy, half_open_the_client_waits_until_its_own_deadline) {
    auto client = through();
    auto server = direct();
    ask(client, command("PING"));
    relay->half_open(side::server);
    const auto start = steady::now();
    EXPECT_EQ(failure(client, set("lost"), 150ms), dibs::fault::timeout);
    EXPECT_GE(steady::now() - start, 150ms);
    EXPECT_TRUE(ask(server, get()).is_nil());
    const auto others = ask(server, command("CLIENT").arg("LIST")).text();
    EXPECT_EQ(std::count(others.begin(), others.end(), '\n'), 1) << others;
    relay->heal();
    EXPECT_EQ(ask(client, set("new")).text(), "OK");
}

TEST_F(fault_proxy, half_open_the_server_keeps_the_connection_of_a_client_that_has_gone) {
    auto client = through();
    auto server = direct();
    ask(client, command("CLIENT").arg("SETNAME").arg("gone"));
    relay->half_open(side::client);
    const auto list = [&] { return ask(server, command("CLIENT").arg("LIST")).text(); };
    EXPECT_EQ(ask(client, command("PING")).text(), "PONG") << "over a new connection";
    EXPECT_THAT(list(), testing::HasSubstr("name=gone"));
    relay->heal();
    const auto until = after(10s);
    while (list().find("name=gone") != std::string::npos) ASSERT_LT(steady::now(), until);
}

TEST_F(fault_proxy, what_a_client_sent_before_it_hung_up_arrives) {
    auto client = through();
    auto server = direct();
    ask(client, command("PING"));
    relay->set(direction::to_server, {.hole = black_hole::hold});
    EXPECT_EQ(failure(client, set("late"), 20ms), dibs::fault::timeout);
    relay->hang_up(side::client);
    const auto until = after(20s);
    while (client.connected() && io.run_one_until(until) > 0) {
    }
    EXPECT_FALSE(client.connected());
    EXPECT_TRUE(ask(server, get()).is_nil());
    relay->set(direction::to_server, {});
    await_value(server, "late");
    await_open(0);
}

TEST_F(fault_proxy, refuses_and_lets_hang_whoever_is_new) {
    auto present = through();
    ask(present, command("PING"));
    relay->admit(admission::refuse);
    auto refused = through();
    EXPECT_EQ(failure(refused, command("PING"), 100ms), dibs::fault::unavailable);
    EXPECT_EQ(ask(present, command("PING")).text(), "PONG");
    relay->admit(admission::hang);
    auto hanging = through();
    EXPECT_EQ(failure(hanging, command("PING"), 100ms), dibs::fault::unavailable);
    EXPECT_EQ(relay->statistics().connections, 1U);
    relay->heal();
    EXPECT_EQ(ask(refused, command("PING")).text(), "PONG");
    EXPECT_EQ(ask(hanging, command("PING")).text(), "PONG");
}

TEST_F(fault_proxy, a_dead_server_ends_the_connection_and_a_restarted_one_is_reached_again) {
    auto client = through();
    ask(client, command("PING"));
    redis.kill();
    await_open(0);
    // A first one may still go to the connection that has ended; no other is answered by anything but a
    // failure.
    const auto until = after(20s);
    while (relay->statistics().failed == 0) {
        ASSERT_LT(steady::now(), until) << "nobody was told that the server cannot be reached";
        ASSERT_TRUE(failure(client, command("PING"), 200ms));
    }
    redis.start();
    EXPECT_EQ(ask(client, command("PING")).text(), "PONG");
}

TEST_F(fault_proxy, a_client_that_leaves_is_forgotten) {
    {
        auto client = through();
        ask(client, command("PING"));
        EXPECT_EQ(relay->statistics().open, 1U);
    }
    await_open(0);
    auto server = direct();
    relay->set({.hole = black_hole::drop});
    {
        auto client = through();
        failure(client, command("PING"), 50ms);
        EXPECT_EQ(relay->statistics().open, 1U);
    }
    relay->heal();
    await_open(0);
}

TEST_F(fault_proxy, listens_on_a_unix_socket_and_leaves_no_task_behind) {
    const auto door = box.folder() / "door";
    proxy other(io.get_executor(), endpoint_of(redis), {.listen = unix_socket(door)});
    connection client(io.get_executor(), redis::endpoint_from_url("redis+unix://" + door.native()));
    EXPECT_EQ(ask(client, command("PING")).text(), "PONG");
    EXPECT_EQ(other.port(), 0);
    run_task(io, client.close());
    run_task(io, other.stop());
    EXPECT_FALSE(std::filesystem::exists(door));
    run_task(io, relay->stop());
    relay.reset();
    io.restart();
    EXPECT_EQ(io.poll(), 0U);
    EXPECT_TRUE(io.stopped()) << "something still runs";
}

}  // namespace
}  // namespace dibs::faults
