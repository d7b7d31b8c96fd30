#include "redis/command.hpp"
#include "redis/connection.hpp"
#include "redis/decoder.hpp"
#include "redis/endpoint.hpp"
#include "redis/reconnect_pause.hpp"
#include "redis/script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <malloc.h>

#include <array>
#include <limits>

namespace dibs::redis {
namespace {

using testing::HasSubstr;
using testing::Not;
using type = reply::type;

TEST(redis_endpoint, reads_tcp_urls) {
    const auto plain = endpoint_from_url("redis://example.org");
    EXPECT_EQ(plain.host, "example.org");
    EXPECT_EQ(plain.port, 6379);
    EXPECT_EQ(plain.database, 0);
    const auto full = endpoint_from_url("redis://ann:p%40ss%3Aw@10.0.0.1:7000/3");
    EXPECT_EQ(full.host, "10.0.0.1");
    EXPECT_EQ(full.port, 7000);
    EXPECT_EQ(full.user, "ann");
    EXPECT_EQ(full.password, "p@ss:w");
    EXPECT_EQ(full.database, 3);
    EXPECT_EQ(full.describe(), "redis 10.0.0.1:7000");
    const auto no_user = endpoint_from_url("redis://:secret@[::1]:7001/");
    EXPECT_EQ(no_user.user, "");
    EXPECT_EQ(no_user.password, "secret");
    EXPECT_EQ(no_user.host, "::1");
    EXPECT_EQ(no_user.describe(), "redis [::1]:7001");
}

TEST(redis_endpoint, reads_unix_urls) {
    for (const char* url : {"redis+unix://u:p@/tmp/a%20b.sock?db=2", "unix://u:p@/tmp/a%20b.sock?db=2"}) {
        const auto found = endpoint_from_url(url);
        EXPECT_EQ(found.unix_path, "/tmp/a b.sock");
        EXPECT_EQ(found.user, "u");
        EXPECT_EQ(found.password, "p");
        EXPECT_EQ(found.database, 2);
        EXPECT_EQ(found.describe(), "redis unix:/tmp/a b.sock");
    }
    EXPECT_EQ(endpoint_from_url("unix:///r.sock").database, 0);
}

TEST(redis_endpoint, refuses_everything_else_and_keeps_passwords_to_itself) {
    for (const char* url : {"",
                            "localhost",
                            "localhost:6379",
                            "http://localhost",
                            "rediss://localhost",
                            "redis://",
                            "redis://10.0.%3Aw7000",
                            "redis://h:0",
                            "redis://h:99999",
                            "redis://h:x",
                            "redis://h/one",
                            "redis://h/-1",
                            "redis://h/1x",
                            "redis://h/1?db=2",
                            "redis://ann@h",
                            "unix://host/path",
                            "unix:///",
                            "unix:@/r.sock",
                            "unix:///p?x=1",
                            "unix:///p?db=",
                            "redis+unix://",
                            "redis://:topsecret@h/x"}) {
        try {
            endpoint_from_url(url);
            ADD_FAILURE() << url << " was accepted";
        } catch (const error& refused) {
            EXPECT_EQ(refused.kind(), fault::bad_input) << url;
            EXPECT_THAT(refused.what(), HasSubstr("redis://[[user]:password@]host")) << url;
            EXPECT_THAT(refused.what(), Not(HasSubstr("topsecret")));
        }
    }
}

std::string formatted_by_hiredis(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    char* bytes = nullptr;
    const int size =
        redisFormatCommandArgv(&bytes, static_cast<int>(words.size()), texts.data(), sizes.data());
    std::string copy(bytes, static_cast<std::size_t>(size));
    redisFreeCommand(bytes);
    return copy;
}

TEST(redis_command, is_formatted_as_by_hiredis) {
    const std::string binary("a\0\r\n$9", 6);
    command what("SET");
    what.arg("").arg(binary).arg(std::numeric_limits<std::int64_t>::min()).arg(0).arg(std::string(1000, 'x'));
    std::string bytes = "before";
    what.append_to(bytes);
    EXPECT_EQ(bytes, "before" + formatted_by_hiredis({"SET", "", binary, "-9223372036854775808", "0",
                                                      std::string(1000, 'x')}));
}

TEST(redis_command, describes_itself_by_verb_and_key_only) {
    EXPECT_EQ(command("PING").describe(), "PING");
    EXPECT_EQ(command("set").arg("k").arg("secret").describe(), "SET k");
    EXPECT_EQ(command("AUTH").arg("ann").arg("secret").describe(), "AUTH");
    EXPECT_EQ(command("hello").arg(2).arg("AUTH").arg("ann").arg("secret").describe(), "HELLO");
    EXPECT_EQ(command("EVAL").arg("return 1").arg(1).arg("key").arg("secret").describe(), "EVAL key");
    EXPECT_EQ(command("EVAL").arg("return 1").arg(0).arg("secret").describe(), "EVAL");
}

TEST(redis_script, is_named_by_its_digest) {
    const script one("one", "return 1");
    EXPECT_EQ(one.sha1(), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
    const auto call = script_call(one).key("a").key("b").arg("x").arg(7);
    std::string bytes;
    call.by_digest().append_to(bytes);
    EXPECT_EQ(bytes, formatted_by_hiredis({"EVALSHA", one.sha1(), "2", "a", "b", "x", "7"}));
    bytes.clear();
    call.by_source().append_to(bytes);
    EXPECT_EQ(bytes, formatted_by_hiredis({"EVAL", "return 1", "2", "a", "b", "x", "7"}));
    EXPECT_EQ(call.by_digest().describe(), "EVALSHA a");
}

TEST(redis_reply, refuses_to_be_read_as_what_it_is_not) {
    EXPECT_EQ(reply::of_integer(5).integer(), 5);
    EXPECT_THROW(static_cast<void>(reply::of_integer(5).text()), error);
    EXPECT_THROW(static_cast<void>(reply().integer()), error);
    EXPECT_THROW(static_cast<void>(reply::of_text(type::string, "5").elements()), error);
}

constexpr std::string_view all_kinds =
    "*8\r\n+OK\r\n-ERR no\r\n:-7\r\n$-1\r\n*-1\r\n$0\r\n\r\n*0\r\n*2\r\n$5\r\na\r\n$b\r\n*1\r\n:1\r\n";

reply all_kinds_read() {
    const auto inner =
        reply::of_array({reply::of_text(type::string, "a\r\n$b"), reply::of_array({reply::of_integer(1)})});
    return reply::of_array({reply::of_text(type::status, "OK"), reply::of_text(type::error, "ERR no"),
                            reply::of_integer(-7), reply(), reply(), reply::of_text(type::string, ""),
                            reply::of_array({}), inner});
}

TEST(redis_decoder, reads_every_kind_split_at_every_byte) {
    for (std::size_t cut = 0; cut <= all_kinds.size(); ++cut) {
        decoder reader(1000);
        reader.feed(all_kinds.substr(0, cut));
        reply first;
        const bool whole = reader.next(first);
        EXPECT_EQ(whole, cut == all_kinds.size());
        reader.feed(all_kinds.substr(cut));
        const bool complete = whole || reader.next(first);
        ASSERT_TRUE(complete) << cut;
        EXPECT_EQ(first, all_kinds_read()) << cut;
        reply none;
        EXPECT_FALSE(reader.next(none));
    }
}

TEST(redis_decoder, refuses_what_it_cannot_hold) {
    const auto read = [](const std::string& bytes) {
        decoder reader(1000);
        reader.feed(bytes);
        reply answer;
        return reader.next(answer);
    };
    std::string deep;
    for (int i = 0; i < 7; ++i) deep += "*1\r\n";
    EXPECT_TRUE(read(deep + ":1\r\n"));
    EXPECT_THROW(read(deep + "*1\r\n*1\r\n:1\r\n"), protocol_error);
    EXPECT_THROW(read("*2147483647\r\n"), protocol_error);
    EXPECT_THROW(read("*99999999999\r\n"), protocol_error);
    EXPECT_THROW(read("*2\r\n:1\r\n*5000000\r\n"), protocol_error);
    EXPECT_THROW(read("$5000\r\n" + std::string(1001, 'x')), protocol_error);
    EXPECT_THROW(read("HTTP/1.1 400 Bad Request\r\n"), protocol_error);
    EXPECT_THROW(read("$x\r\n"), protocol_error);
}

std::size_t bytes_in_use() {
    const auto seen = ::mallinfo2();  // of glibc's own allocator: a sanitizer's has nothing to tell
    return seen.uordblks + seen.hblkhd;
}

TEST(redis_decoder, takes_memory_for_what_has_arrived_and_not_for_what_is_promised) {
    decoder reader(64UL << 20U);
    const auto before = bytes_in_use();
    for (int level = 0; level < 6; ++level) reader.feed("*4194304\r\n");
    reply none;
    EXPECT_FALSE(reader.next(none));
    EXPECT_LT(bytes_in_use(), before + 100'000);
}

TEST(redis_decoder, has_a_bound_for_a_reply_of_many_small_elements) {
    decoder reader(1000);
    reply none;
    const auto feed_all = [&] {
        reader.feed("*1000000\r\n");
        for (int i = 0; i < 1'000'000; ++i) {
            reader.feed(":1\r\n");
            ASSERT_FALSE(reader.next(none));
        }
    };
    EXPECT_THROW(feed_all(), protocol_error);
    decoder other(1000);
    for (int i = 0; i < 100; ++i) {
        other.feed("$20\r\n12345678901234567890\r\n");
        ASSERT_TRUE(other.next(none)) << "the bound is each reply's";
    }
}

TEST(redis_reconnect_pause, doubles_with_jitter_up_to_its_cap) {
    using namespace std::chrono_literals;
    reconnect_pause pause({10ms, 100ms}, 42);
    std::chrono::microseconds full = 10ms;
    for (int i = 0; i < 8; ++i) {
        const auto next = pause.after_failure();
        EXPECT_GE(next, full / 2);
        EXPECT_LE(next, full);
        full = std::min<std::chrono::microseconds>(2 * full, 100ms);
    }
    pause.success();
    EXPECT_LE(pause.after_failure(), 10ms);
}

}  // namespace
}  // namespace dibs::redis
