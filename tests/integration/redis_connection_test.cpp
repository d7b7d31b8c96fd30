#include "core/task_group.hpp"
#include "redis/connection.hpp"
#include "redis/script.hpp"
#include "redis/transport.hpp"
#include "tests/support/redis_test.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/slicing_relay.hpp"

#include <gmock/gmock.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <optional>

namespace dibs::redis {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using tests::run_task;

deadline soon() { return after(10s); }

class redis_connection : public tests::redis_test {
   protected:
    connection connect(const connection_options& options = {}) {
        return connection(io.get_executor(), endpoint_from_url(redis.url()), options);
    }

    reply ask(connection& on, command what) { return run_task(io, on.execute(std::move(what), soon())); }

    /// What the command fails with.
    template <class Error = error>
    Error failure_of(connection& on, command what) {
        try {
            ask(on, std::move(what));
        } catch (const Error& failed) {
            return failed;
        }
        throw std::runtime_error("the command did not fail");
    }

    asio::io_context io{1};
};

task<void> count_and_echo(connection& on, int who, int times) {
    const auto key = "counter:" + std::to_string(who);
    for (int i = 1; i <= times; ++i) {
        command increment("INCR");
        increment.arg(key);
        const auto counted = co_await on.execute(std::move(increment), soon());
        EXPECT_EQ(counted.integer(), i);
        const auto word = key + "/" + std::to_string(i);
        command echo("ECHO");
        echo.arg(word);
        const auto echoed = co_await on.execute(std::move(echo), soon());
        EXPECT_EQ(echoed.text(), word);
    }
}

TEST_F(redis_connection, keeps_thousands_of_interleaved_commands_apart) {
    connection shared = connect();
    task_group everybody(io.get_executor());
    for (int who = 0; who < 200; ++who) everybody.spawn(count_and_echo(shared, who, 25));
    run_task(io, everybody.join());
    EXPECT_EQ(shared.generation(), 1U);
    EXPECT_EQ(shared.outstanding(), 0U);
}

task<void> append(connection& on, int number) {
    command push("RPUSH");
    push.arg("order").arg(number);
    co_await on.execute(std::move(push), soon());
}

TEST_F(redis_connection, sends_in_the_order_of_execute) {
    connection shared = connect();
    task_group everybody(io.get_executor());
    for (int i = 0; i < 5000; ++i) everybody.spawn(append(shared, i));
    run_task(io, everybody.join());
    const auto list = ask(shared, command("LRANGE").arg("order").arg(0).arg(-1));
    ASSERT_EQ(list.elements().size(), 5000U);
    for (int i = 0; i < 5000; ++i)
        ASSERT_EQ(list.elements()[static_cast<std::size_t>(i)].text(), std::to_string(i));
}

TEST_F(redis_connection, takes_replies_byte_by_byte) {
    const auto door = box.folder() / "relay";
    tests::slicing_relay relay(io.get_executor(), door);
    spawn(io.get_executor(), relay.serve(redis.socket()));
    endpoint through;
    through.unix_path = door.native();
    connection sliced(io.get_executor(), through);
    task_group everybody(io.get_executor());
    for (int who = 0; who < 10; ++who) everybody.spawn(count_and_echo(sliced, who, 5));
    run_task(io, everybody.join());
    const std::string binary("\r\n$5\r\n\0*1", 9);
    ask(sliced, command("SET").arg("binary").arg(binary));
    const auto both = ask(sliced, command("MGET").arg("binary").arg("missing"));
    EXPECT_EQ(both, reply::of_array({reply::of_text(reply::type::string, binary), reply()}));
    EXPECT_EQ(failure_of<refusal>(sliced, command("INCR").arg("binary")).code(), "ERR");
    EXPECT_EQ(sliced.generation(), 1U);
}

TEST_F(redis_connection, carries_large_values_both_ways) {
    connection shared = connect();
    const std::string large(8'000'000, 'x');
    ask(shared, command("SET").arg("large").arg(large));
    EXPECT_EQ(ask(shared, command("GET").arg("large")).text(), large);
}

TEST_F(redis_connection, tells_errors_of_the_server_with_key_and_without_values) {
    connection shared = connect();
    ask(shared, command("RPUSH").arg("list").arg("x"));
    const auto failed = failure_of<refusal>(shared, command("SET").arg("list").arg("secret").arg("WRONG"));
    EXPECT_EQ(failed.kind(), fault::refused);
    EXPECT_EQ(failed.subject(), "SET list");
    EXPECT_THAT(failed.what(), Not(HasSubstr("secret")));
    EXPECT_EQ(failure_of<refusal>(shared, command("GET").arg("list")).code(), "WRONGTYPE");
    EXPECT_EQ(ask(shared, command("LLEN").arg("list")).integer(), 1);
}

TEST_F(redis_connection, selects_its_database) {
    connection first = connect();
    auto third = endpoint_from_url(redis.url() + "?db=3");
    connection other(io.get_executor(), third);
    ask(other, command("SET").arg("k").arg("in 3"));
    EXPECT_TRUE(ask(first, command("GET").arg("k")).is_nil());
    third.database = 4711;
    connection none(io.get_executor(), third);
    EXPECT_THAT(failure_of<refusal>(none, command("PING")).what(), HasSubstr("SELECT 4711"));
}

TEST_F(redis_connection, knows_how_its_server_knows_it) {
    connection shared = connect();
    EXPECT_FALSE(shared.client().has_value());
    const auto id = ask(shared, command("CLIENT").arg("ID")).integer();
    const auto name = ask(shared, command("CLIENT").arg("GETNAME")).text();
    EXPECT_EQ(shared.client(), (client_identity{id, name}));
    connection other = connect();
    EXPECT_NE(ask(other, command("CLIENT").arg("GETNAME")).text(), name);
}

TEST_F(redis_connection, bounds_what_waits) {
    connection_options options;
    options.max_requests = 10'000;
    connection shared = connect(options);
    task_group everybody(io.get_executor());
    for (int i = 0; i < 10'001; ++i) everybody.spawn(append(shared, i));
    try {
        run_task(io, everybody.join());
        ADD_FAILURE() << "10,001 were taken";
    } catch (const error& failed) {
        EXPECT_EQ(failed.kind(), fault::exhausted);
    }
    EXPECT_EQ(ask(shared, command("LLEN").arg("order")).integer(), 10'000);
}

const script compare_and_delete("compare_and_delete", R"(
    if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('STRANGER not yours') end
    return redis.call('DEL', KEYS[1])
)");

TEST_F(redis_connection, scripts_survive_a_flush) {
    connection shared = connect();
    for (int i = 0; i < 3; ++i) {
        ask(shared, command("SET").arg("lock").arg("me"));
        script_call release = script_call(compare_and_delete).key("lock").arg("me");
        EXPECT_EQ(run_task(io, evaluate(shared, release, soon())).integer(), 1);
        // The digest alone serves now.
        ask(shared, command("SET").arg("lock").arg("me"));
        EXPECT_EQ(ask(shared, release.by_digest()).integer(), 1);
        ask(shared, command("SCRIPT").arg("FLUSH"));
        EXPECT_EQ(failure_of<refusal>(shared, release.by_digest()).code(), "NOSCRIPT");
    }
    const auto stranger = script_call(compare_and_delete).key("lock").arg("me");
    try {
        run_task(io, evaluate(shared, stranger, soon()));
        ADD_FAILURE();
    } catch (const refusal& failed) {
        EXPECT_EQ(failed.code(), "STRANGER");
        EXPECT_EQ(failed.subject(), "EVAL lock");
    }
}

/// On a loopback port, with a password.
class redis_login : public testing::Test {
   protected:
    static sandbox::redis_options at_a_port() {
        sandbox::redis_options options;
        options.at = sandbox::address::loopback;
        return options;
    }

    void SetUp() override { redis.start(); }

    std::string attempt(const endpoint& as) {
        connection tried(io.get_executor(), as);
        try {
            return run_task(io, tried.execute(command("ACL").arg("WHOAMI"), soon())).text();
        } catch (const refusal& failed) {
            EXPECT_THAT(failed.what(), Not(HasSubstr(as.password))) << "the password leaks";
            return failed.what();
        }
    }

    asio::io_context io{1};
    sandbox::supervisor box;
    sandbox::redis_server redis{box, at_a_port()};
};

TEST_F(redis_login, a_hosts_second_address_is_tried_though_the_first_says_nothing) {
    endpoint where = endpoint_from_url(redis.url());
    where.host = "localhost";
    asio::ip::tcp::acceptor silent(io, {asio::ip::address_v6::loopback(), where.port});
    connection line(io.get_executor(), where);
    EXPECT_EQ(run_task(io, line.execute(command("PING"), soon())).text(), "PONG");
}

task<void> keep(task<link> making, std::optional<link>& made) { made = co_await std::move(making); }

// Also where nothing is sent, as by a subscriber.
TEST_F(redis_login, the_kernel_watches_over_the_path) {
    std::optional<link> made;
    const endpoint target = endpoint_from_url(redis.url());
    name_lookup names = names_of(io.get_executor(), target);
    run_task(io, keep(establish(target, names, soon()), made));
    const auto option = [&](int level, int name) {
        int value = 0;
        socklen_t size = sizeof value;
        EXPECT_EQ(::getsockopt(made->socket.native_handle(), level, name, &value, &size), 0);
        return value;
    };
    EXPECT_NE(option(SOL_SOCKET, SO_KEEPALIVE), 0);
    EXPECT_LE(option(IPPROTO_TCP, TCP_KEEPIDLE), 10);
    EXPECT_GT(option(IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
    EXPECT_LE(option(IPPROTO_TCP, TCP_USER_TIMEOUT), 20'000);
}

TEST_F(redis_login, takes_password_and_user) {
    const auto right = endpoint_from_url(redis.url());
    EXPECT_EQ(attempt(right), "default");
    {
        connection admin(io.get_executor(), right);
        run_task(io, admin.execute(command("ACL")
                                       .arg("SETUSER")
                                       .arg("ann")
                                       .arg("on")
                                       .arg(">anns-password")
                                       .arg("~*")
                                       .arg("+acl"),
                                   soon()));
    }
    auto ann = right;
    ann.user = "ann";
    ann.password = "anns-password";
    EXPECT_EQ(attempt(ann), "ann") << "CLIENT ID is forbidden to her, and that is no obstacle";
    ann.password = "anns-wrong-password";
    EXPECT_THAT(attempt(ann), HasSubstr("WRONGPASS"));
}

TEST_F(redis_login, a_wrong_password_fails_at_once_and_says_so) {
    auto wrong = endpoint_from_url(redis.url());
    wrong.password = "not-the-password";
    const auto begin = steady::now();
    EXPECT_THAT(attempt(wrong), HasSubstr("WRONGPASS"));
    EXPECT_LT(steady::now() - begin, 5s) << "it waited for its deadline";
    wrong.password.clear();
    connection without(io.get_executor(), wrong);
    try {
        run_task(io, without.execute(command("PING"), soon()));
        ADD_FAILURE();
    } catch (const refusal& failed) {
        EXPECT_THAT(failed.what(), HasSubstr("NOAUTH"));
    }
}

}  // namespace
}  // namespace dibs::redis
