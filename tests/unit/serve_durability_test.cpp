#include "coupon/operations/durability.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dibs::tests {
namespace {

using coupon::dangers_of;
using coupon::postgres_settings;
using coupon::redis_settings;
using coupon::redis_settings_in;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(serve_durability, has_nothing_to_say_of_the_defaults) {
    EXPECT_THAT(dangers_of(postgres_settings{}), IsEmpty());
    EXPECT_THAT(dangers_of(redis_settings{}, "redis"), IsEmpty());
}

TEST(serve_durability, accepts_commits_that_wait_for_this_server_or_for_more) {
    for (const char* word : {"local", "remote_write", "on", "remote_apply"}) {
        postgres_settings found;
        found.commit_of_ours = found.commit_by_default = word;
        EXPECT_THAT(dangers_of(found), IsEmpty()) << word;
    }
}

TEST(serve_durability, names_each_setting_of_postgres_that_loses_data) {
    postgres_settings found;
    found.in_recovery = true;
    found.fsync = found.full_page_writes = found.commit_by_default = "off";
    EXPECT_THAT(dangers_of(found), ElementsAre(HasSubstr("standby"), HasSubstr("fsync = off"),
                                               HasSubstr("full_page_writes = off"),
                                               HasSubstr("PostgreSQL has synchronous_commit = off")));
    found = {};
    found.commit_of_ours = "off";
    EXPECT_THAT(dangers_of(found), ElementsAre(HasSubstr("the sessions of this service")));
}

TEST(serve_durability, reads_what_redis_says_of_itself) {
    const auto found = redis_settings_in(
        "# Memory\r\nused_memory:1000\r\nmaxmemory:104857600\r\nmaxmemory_human:100.00M\r\n"
        "maxmemory_policy:volatile-lru\r\n\r\n# Replication\r\nrole:slave\r\n");
    EXPECT_EQ(found.maxmemory, 104857600);
    EXPECT_EQ(found.policy, "volatile-lru");
    EXPECT_TRUE(found.replica);
    EXPECT_THAT(dangers_of(found, "redis h:1"), ElementsAre("redis h:1 is a replica: name the master",
                                                            HasSubstr("maxmemory-policy = volatile-lru")));
}

TEST(serve_durability, lets_redis_fill_up_or_have_no_limit) {
    redis_settings full;
    full.maxmemory = 1;
    EXPECT_THAT(dangers_of(full, "redis"), IsEmpty());
    redis_settings unlimited;
    unlimited.policy = "allkeys-lru";
    EXPECT_THAT(dangers_of(unlimited, "redis"), IsEmpty());
}

}  // namespace
}  // namespace dibs::tests
