#include "tests/support/redis_test.hpp"

#include <gmock/gmock.h>
#include <hiredis/hiredis.h>

#include <csignal>
#include <memory>

namespace dibs::sandbox {
namespace {

using connection = std::unique_ptr<redisContext, decltype(&redisFree)>;

connection connect(const redis_server& to) {
    std::signal(SIGPIPE, SIG_IGN);  // hiredis writes to dead sockets
    return {to.port() == 0 ? redisConnectUnix(to.socket().c_str()) : redisConnect("127.0.0.1", to.port()),
            redisFree};
}

std::string ask(const connection& to, const char* command) {
    const std::unique_ptr<void, decltype(&freeReplyObject)> reply(redisCommand(to.get(), command),
                                                                  freeReplyObject);
    if (!reply) return "no reply";
    const auto* answer = static_cast<const redisReply*>(reply.get());
    return answer->type == REDIS_REPLY_NIL ? "nil" : std::string(answer->str, answer->len);
}

using sandbox_redis = tests::redis_test;

TEST_F(sandbox_redis, answers_once_started_and_persists_nothing) {
    EXPECT_EQ(ask(connect(redis), "SET key value"), "OK");
    const auto first = redis.pid();
    redis.stop();
    EXPECT_FALSE(redis.running());
    redis.start();
    EXPECT_NE(redis.pid(), first);
    EXPECT_EQ(ask(connect(redis), "GET key"), "nil");
}

TEST_F(sandbox_redis, comes_back_at_the_same_address_after_a_kill) {
    const auto url = redis.url();
    const auto before = connect(redis);
    EXPECT_EQ(ask(before, "PING"), "PONG");
    redis.kill();
    EXPECT_EQ(ask(before, "PING"), "no reply");
    redis.start();
    EXPECT_EQ(redis.url(), url);
    EXPECT_EQ(ask(connect(redis), "PING"), "PONG");
}

TEST(sandbox_redis_options, persists_when_told_to) {
    supervisor box;
    redis_server redis(box,
                       {.name = "kept", .arguments = {"--appendonly", "yes", "--appendfsync", "always"}});
    redis.start();
    EXPECT_EQ(ask(connect(redis), "SET key value"), "OK");
    redis.kill();
    redis.start();
    EXPECT_EQ(ask(connect(redis), "GET key"), "value");
}

TEST(sandbox_redis_options, a_loopback_port_asks_for_the_password_of_its_url) {
    supervisor box;
    redis_server redis(box, {.at = address::loopback});
    redis.start();
    EXPECT_EQ(redis.url(), "redis://:" + redis.password() + "@127.0.0.1:" + std::to_string(redis.port()));
    const auto stranger = connect(redis);
    EXPECT_THAT(ask(stranger, "PING"), testing::StartsWith("NOAUTH"));
    EXPECT_EQ(ask(stranger, ("AUTH " + redis.password()).c_str()), "OK");
    redis.kill();
    redis.start();
    EXPECT_THAT(ask(connect(redis), "PING"), testing::StartsWith("NOAUTH"));
}

TEST(sandbox_redis_options, a_wrong_option_is_told_with_the_log) {
    supervisor box;
    redis_server redis(box, {.arguments = {"--no-such-option", "1"}});
    try {
        redis.start();
        FAIL() << "it started";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("no-such-option"));
    }
}

}  // namespace
}  // namespace dibs::sandbox
