#include "core/event.hpp"
#include "core/task_group.hpp"
#include "redis/connection.hpp"
#include "redis/subscriber.hpp"
#include "tests/support/redis_test.hpp"
#include "tests/support/run_task.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <csignal>
#include <memory>
#include <optional>

namespace dibs::redis {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using tests::run_task;

class redis_subscriber : public tests::redis_test {
   protected:
    void SetUp() override {
        tests::redis_test::SetUp();
        admin = std::make_unique<connection>(io.get_executor(), endpoint_from_url(redis.url()));
        open();
    }
    void open(const subscriber_options& options = {}) {
        messages = std::make_unique<subscriber>(io.get_executor(), endpoint_from_url(redis.url()), options);
    }

    reply ask(command what) { return run_task(io, admin->execute(std::move(what), after(10s))); }
    std::int64_t publish(std::string_view channel, std::string_view payload) {
        return ask(command("PUBLISH").arg(channel).arg(payload)).integer();
    }
    std::int64_t subscribers(std::string_view channel) {
        return ask(command("PUBSUB").arg("NUMSUB").arg(channel)).elements().at(1).integer();
    }

    subscription listen(const std::string& channel, subscriber::handler handler,
                        subscriber::resubscribed again = nullptr) {
        return run_task(io, messages->subscribe(channel, std::move(handler), std::move(again), after(10s)));
    }
    subscriber::handler into(std::vector<std::string>& heard) {
        return [&heard](std::string_view channel, std::string_view payload) {
            heard.push_back(std::string(channel) + "=" + std::string(payload));
        };
    }
    /// Returns when everything published before has been heard.
    void settle() {
        event heard(io.get_executor());
        const auto mark = listen("mark", [&heard](std::string_view, std::string_view) { heard.set(); });
        publish("mark", "");
        await(heard);
    }
    void await(event& expected) { EXPECT_TRUE(run_task(io, expected.wait_until(after(10s)))); }
    void await_subscribers(std::string_view channel, std::int64_t wanted) {
        const auto until = after(10s);
        while (subscribers(channel) != wanted)
            if (steady::now() > until) throw std::runtime_error("the number of subscribers is not reached");
    }

    asio::io_context io{1};
    std::unique_ptr<connection> admin;
    std::unique_ptr<subscriber> messages;
};

TEST_F(redis_subscriber, hears_its_channels_and_shares_them) {
    std::vector<std::string> one;
    std::vector<std::string> two;
    auto first = listen("a", into(one));
    auto second = listen("a", into(two));
    auto third = listen("b", into(two));
    EXPECT_EQ(publish("a", "1"), 1) << "one subscription at the server for two here";
    publish("b", std::string("\r\n\0", 3));
    publish("c", "nobody");
    settle();
    EXPECT_THAT(one, ElementsAre("a=1"));
    EXPECT_THAT(two, ElementsAre("a=1", std::string("b=\r\n\0", 5)));

    first.unsubscribe();
    EXPECT_FALSE(first.active());
    EXPECT_TRUE(second.active());
    publish("a", "2");
    settle();
    EXPECT_THAT(one, ElementsAre("a=1"));
    EXPECT_EQ(two.size(), 3U);
    EXPECT_EQ(subscribers("a"), 1);
    second = subscription();
    await_subscribers("a", 0);
    EXPECT_EQ(messages->channels(), 1U);
}

TEST_F(redis_subscriber, what_comes_while_it_leaves_is_dropped) {
    std::vector<std::string> heard;
    auto leaving = listen("a", into(heard));
    task_group publishing(io.get_executor());
    EXPECT_EQ(publish("a", "1"), 1);
    leaving.unsubscribe();
    const auto before = heard.size();
    settle();
    EXPECT_EQ(heard.size(), before);
    auto back = listen("a", into(heard));
    EXPECT_EQ(publish("a", "2"), 1);
    settle();
    EXPECT_EQ(heard.back(), "a=2");
}

task<void> listen_and_ring(subscriber& messages, event& heard, subscription& made) {
    subscriber::handler ring = [&heard](std::string_view, std::string_view) { heard.set(); };
    made = co_await messages.subscribe("b", std::move(ring), after(10s));
}

TEST_F(redis_subscriber, handlers_may_subscribe_unsubscribe_and_throw) {
    std::vector<std::string> heard;
    event done(io.get_executor());
    subscription self;
    subscription other;
    task_group background(io.get_executor());
    self = listen("a", [&](std::string_view, std::string_view) {
        heard.emplace_back("self");
        self.unsubscribe();
        background.spawn(listen_and_ring(*messages, done, other));
        throw std::runtime_error("a handler's own trouble");
    });
    const auto beside = listen("a", into(heard));
    publish("a", "1");
    publish("a", "2");
    settle();
    EXPECT_THAT(heard, ElementsAre("self", "a=1", "a=2"));
    run_task(io, background.join());
    publish("b", "");
    await(done);
}

TEST_F(redis_subscriber, hears_again_after_a_restart) {
    std::vector<std::string> heard;
    event again_a(io.get_executor());
    event again_b(io.get_executor());
    int told = 0;
    auto a = listen("a", into(heard), [&] { ++told, again_a.set(); });
    auto b = listen("b", into(heard), [&] { again_b.set(); });
    auto left = listen("left", into(heard));
    redis.kill();
    left.unsubscribe();
    redis.start();
    await(again_a);
    await(again_b);
    EXPECT_EQ(publish("a", "1"), 1);
    EXPECT_EQ(publish("left", "1"), 0);
    settle();
    EXPECT_THAT(heard, ElementsAre("a=1"));
    EXPECT_EQ(told, 1);
    EXPECT_EQ(messages->generation(), 2U);
}

TEST_F(redis_subscriber, hears_again_after_its_connection_was_killed) {
    std::vector<std::string> heard;
    event again(io.get_executor());
    auto a = listen("a", into(heard), [&] { again.set(); });
    EXPECT_EQ(ask(command("CLIENT").arg("KILL").arg("TYPE").arg("pubsub")).integer(), 1);
    await(again);
    publish("a", "1");
    settle();
    EXPECT_THAT(heard, ElementsAre("a=1"));
}

TEST_F(redis_subscriber, finds_a_connection_that_says_nothing) {
    subscriber_options options;
    options.ping_interval = 50ms;
    options.connect_timeout = 10s;
    open(options);
    event again(io.get_executor());
    std::vector<std::string> heard;
    auto a = listen("a", into(heard), [&] { again.set(); });
    // While it is idle the answers to PING keep it.
    EXPECT_FALSE(run_task(io, again.wait_until(after(300ms))));
    EXPECT_EQ(messages->generation(), 1U);
    redis.signal(SIGSTOP);
    const auto until = after(10s);
    while (messages->connected() && steady::now() < until) io.run_one_until(until);
    EXPECT_FALSE(messages->connected());
    redis.signal(SIGCONT);
    await(again);
    EXPECT_EQ(publish("a", "1"), 1);
}

task<void> listen_to(subscriber& messages, std::string channel, int& heard, subscription& made) {
    subscriber::handler count = [&heard](std::string_view, std::string_view) { ++heard; };
    made = co_await messages.subscribe(std::move(channel), std::move(count), after(20s));
}

TEST_F(redis_subscriber, holds_ten_thousand_channels) {
    constexpr std::size_t count = 10'000;
    std::vector<subscription> held(count);
    std::vector<int> heard(count);
    task_group all(io.get_executor());
    for (std::size_t i = 0; i < count; ++i)
        all.spawn(listen_to(*messages, fmt::format("c{}", i), heard.at(i), held.at(i)));
    run_task(io, all.join());
    for (std::size_t i : {0UL, 4711UL, count - 1}) EXPECT_EQ(publish(fmt::format("c{}", i), "x"), 1);
    settle();
    EXPECT_EQ(heard[0] + heard[4711] + heard[count - 1], 3);
    event again(io.get_executor());
    const auto last = listen(
        "last", [](auto, auto) {}, [&] { again.set(); });
    ask(command("CLIENT").arg("KILL").arg("TYPE").arg("pubsub"));
    await(again);
    await_subscribers("c9999", 1);
    held.clear();
    await_subscribers("c0", 0);
    EXPECT_EQ(messages->channels(), 1U);
}

task<void> expect_failure(subscriber& messages, deadline until, std::optional<fault>& failed) {
    subscriber::handler nothing = [](std::string_view, std::string_view) {};
    try {
        co_await messages.subscribe("x", std::move(nothing), until);
    } catch (const error& refused) {
        failed = refused.kind();
    }
}

TEST_F(redis_subscriber, says_why_it_cannot_subscribe) {
    std::optional<fault> failed;
    run_task(io, expect_failure(*messages, steady::now(), failed));
    EXPECT_EQ(failed, fault::unavailable);

    const auto held = listen("a", [](auto, auto) {});
    redis.signal(SIGSTOP);
    run_task(io, expect_failure(*messages, after(50ms), failed));
    redis.signal(SIGCONT);
    EXPECT_EQ(failed, fault::timeout);
    settle();
    EXPECT_EQ(subscribers("x"), 0) << "it gave up and must have left";

    auto wrong = endpoint_from_url(redis.url());
    wrong.password = "wrong";
    subscriber stranger(io.get_executor(), wrong);
    run_task(io, expect_failure(stranger, after(10s), failed));
    EXPECT_EQ(failed, fault::refused);

    task_group group(io.get_executor());
    redis.kill();
    failed.reset();
    group.spawn(expect_failure(*messages, after(20s), failed));
    run_task(io, messages->close());
    run_task(io, group.join());
    EXPECT_EQ(failed, fault::closed);
}

TEST_F(redis_subscriber, a_channel_that_is_forbidden_is_refused_and_disturbs_no_other) {
    ask(command("ACL").arg("SETUSER").arg("ann").arg("on").arg(">pw").arg("+@all").arg("&allowed"));
    auto ann = endpoint_from_url(redis.url());
    ann.user = "ann";
    ann.password = "pw";
    messages = std::make_unique<subscriber>(io.get_executor(), ann);
    std::vector<std::string> heard;
    const auto allowed = listen("allowed", into(heard));
    std::optional<fault> failed;
    run_task(io, expect_failure(*messages, after(10s), failed));
    EXPECT_EQ(failed, fault::refused);
    EXPECT_EQ(publish("allowed", "1"), 1);
    EXPECT_EQ(messages->channels(), 1U);
}

TEST_F(redis_subscriber, subscriptions_may_outlive_it) {
    std::vector<std::string> heard;
    auto held = listen("a", into(heard));
    messages.reset();
    EXPECT_FALSE(held.active());
    held.unsubscribe();
    await_subscribers("a", 0);
}

}  // namespace
}  // namespace dibs::redis
