// The troubles that torture composes of several faults, each by itself; and what it finds left behind.
#include "core/run.hpp"
#include "postgres/connection.hpp"
#include "tests/support/run_task.hpp"
#include "torture/admin.hpp"
#include "torture/leftovers.hpp"
#include "torture/troublemaker.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;
using redis::command;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

sandbox::servers& box() {
    static sandbox::servers servers = sandbox::servers::start({});
    return servers;
}

/// A trouble without users of locks.
struct trial {
    explicit trial(trouble what) : servers(box(), what, ++trials) {
        maker = make_troublemaker(what, {servers, nobody, random, 100ms});
    }
    static inline std::uint64_t trials = 0;
    scene servers;
    std::vector<crew> nobody;
    std::mt19937_64 random{42};
    std::unique_ptr<troublemaker> maker;
};

task<void> ping(std::string url) {
    redis::connection server(co_await asio::this_coro::executor, redis::endpoint_from_url(url));
    command words("PING");
    co_await server.execute(std::move(words), after(100ms));
}

bool answers(const std::string& url) {
    asio::io_context io{1};
    try {
        run_to_end(io, ping(url));
        return true;
    } catch (const error&) {
        return false;
    }
}

std::ptrdiff_t masters_that_answer(const scene& where) {
    return std::ranges::count_if(where.addresses().masters, answers);
}

/// Looks again for as long as a busy machine may make somebody late.
std::ptrdiff_t masters_that_answer(const scene& where, std::ptrdiff_t expected) {
    const auto until = after(10s);
    for (;;) {
        const auto count = masters_that_answer(where);
        if (count == expected || steady::now() > until) return count;
    }
}

TEST(torture_trouble, a_full_redis_takes_no_new_connection_and_serves_the_old_ones) {
    trial one(trouble::redis_full);
    admin present(one.servers.redis().url());
    present.ask(command("PING"));
    one.maker->make();
    EXPECT_FALSE(answers(one.servers.redis().url()));
    EXPECT_EQ(present.ask(command("PING")).text(), "PONG");
    one.maker->heal();
    EXPECT_EQ(ask(one.servers.redis().url(), command("PING")).text(), "PONG");
}

TEST(torture_trouble, two_masters_fail_in_every_way_and_come_back) {
    trial one(trouble::masters_failing);
    ASSERT_EQ(masters_that_answer(one.servers, 5), 5);
    for (int i = 0; i < 6; ++i) {
        one.maker->make();
        EXPECT_EQ(masters_that_answer(one.servers, 3), 3);
        one.maker->heal();
        EXPECT_EQ(masters_that_answer(one.servers, 5), 5);
    }
}

std::chrono::milliseconds time_of(const std::string& url) {
    const auto answer = ask(url, command("TIME"));
    return std::chrono::milliseconds(std::stoll(answer.elements().at(0).text()) * 1000);
}

TEST(torture_trouble, clocks_are_set_forward_and_right_again_but_back_for_good) {
    trial back(trouble::clock_backward);
    const auto before = time_of(back.servers.redis().url());
    for (int i = 0; i < 20; ++i) back.maker->make();
    EXPECT_LT(time_of(back.servers.redis().url()), before - 4s) << "20 times 3 leases of 100 ms";

    trial forward(trouble::clocks_forward);
    const auto key = command("SET").arg("key").arg("owner").arg("PX").arg(250);
    for (std::size_t i = 0; i < scene::masters; ++i) ask(forward.servers.master(i).url(), key);
    forward.maker->make();
    std::ptrdiff_t kept = 0;
    for (std::size_t i = 0; i < scene::masters; ++i)
        kept += ask(forward.servers.master(i).url(), command("EXISTS").arg("key")).integer();
    EXPECT_LE(kept, 2);
    forward.maker->heal();
}

TEST(torture_leftovers, are_keys_connections_and_sessions) {
    trial one(trouble::none);
    const places where{one.servers.redis_urls(), box().postgres_url()};
    const auto look = [&where] { return leftovers(where, steady::now()); };
    const auto& url = one.servers.redis().url();
    EXPECT_THAT(leftovers(where, after(20s)), IsEmpty());

    ask(url, command("SET").arg("dibs:{name}:token").arg(1).arg("PX").arg(60'000));
    EXPECT_THAT(leftovers(where, after(20s)), IsEmpty()) << "a counter that will end";
    ask(url, command("PERSIST").arg("dibs:{name}:token"));
    ask(url, command("SET").arg("dibs:{name}:lock").arg("owner").arg("PX").arg(60'000));
    EXPECT_THAT(look(), testing::IsSupersetOf(
                            {HasSubstr("dibs:{name}:token is left"), HasSubstr("dibs:{name}:lock is left")}));
    ask(url, command("FLUSHALL"));
    {
        admin somebody(url);
        somebody.ask(command("PING"));
        EXPECT_THAT(look(), testing::Contains(HasSubstr("connections to a Redis are left")));
    }
    EXPECT_THAT(leftovers(where, after(20s)), IsEmpty());
    {
        asio::io_context io{1};
        const postgres::target there{.conninfo = box().postgres_url()};
        const auto session =
            tests::run_task(io, postgres::connection::open(io.get_executor(), there, after(20s)));
        EXPECT_THAT(look(), ElementsAre("1 sessions of PostgreSQL are left"));
    }
    EXPECT_THAT(leftovers(where, after(20s)), IsEmpty());
}

}  // namespace
}  // namespace dibs::torture
