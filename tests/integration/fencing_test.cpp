// The resource's side of fencing tokens, in PostgreSQL and in Redis: what it accepts, and what it keeps.
#include "postgres/pool.hpp"
#include "redis/connection.hpp"
#include "tests/support/lock_fixture.hpp"

#include <dibs/fencing.hpp>

#include <string_view>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

enum class kept_in { postgres, redis };

class fencing_in : public lock_test, public testing::WithParamInterface<kept_in> {
   protected:
    fencing_in() {
        if (GetParam() == kept_in::postgres) run(make_function());
    }

    bool accepts(std::int64_t token, std::string_view owner) {
        return run(GetParam() == kept_in::redis ? write_to_redis(token, owner) : ask_postgres(token, owner));
    }

    std::string value_in_redis() {
        auto look = redis::command("HGET").arg(name_).arg("value");
        return run(servers_->redis().execute(std::move(look), after(5s))).text();
    }

   private:
    task<bool> make_function() {
        const auto session = co_await servers_->pool().acquire(after(5s));
        co_await session->run(fencing::sql, after(5s));
        co_return true;
    }

    task<bool> ask_postgres(std::int64_t token, std::string_view owner) {
        const postgres::statement accept{"", "SELECT dibs_accept($1, $2, $3)"};
        auto values = postgres::params().add(name_).add(token).add(owner);
        const auto answer = co_await servers_->pool().execute(accept, std::move(values), after(5s));
        co_return answer.truth(0, 0);
    }

    task<bool> write_to_redis(std::int64_t token, std::string_view owner) {
        auto write =
            redis::command("EVAL").arg(fencing::redis_script).arg(1).arg(name_).arg(token).arg(owner);
        write.arg(owner);  // as the value
        const auto answer = co_await servers_->redis().execute(std::move(write), after(5s));
        co_return answer.integer() == 1;
    }
};

INSTANTIATE_TEST_SUITE_P(both, fencing_in, testing::Values(kept_in::postgres, kept_in::redis),
                         [](const auto& with) {
                             return with.param == kept_in::redis ? "redis" : "postgres";
                         });

TEST_P(fencing_in, later_tokens_are_accepted_and_earlier_ones_refused) {
    EXPECT_TRUE(accepts(7, "one"));
    EXPECT_TRUE(accepts(9, "other"));
    EXPECT_FALSE(accepts(8, "one"));
    EXPECT_FALSE(accepts(7, "one"));
    EXPECT_TRUE(accepts(10, "one"));
}

TEST_P(fencing_in, an_equal_token_is_accepted_from_its_owner_alone) {
    EXPECT_TRUE(accepts(7, "one"));
    EXPECT_TRUE(accepts(7, "one"));
    EXPECT_FALSE(accepts(7, "other"));
}

TEST_P(fencing_in, a_refused_write_changes_nothing) {
    EXPECT_TRUE(accepts(7, "one"));
    EXPECT_FALSE(accepts(6, "other"));
    EXPECT_TRUE(accepts(7, "one")) << "it is still the one that was seen";
    if (GetParam() == kept_in::redis) {
        EXPECT_EQ(value_in_redis(), "one");
    }
}

TEST_P(fencing_in, tokens_of_microseconds_are_told_apart) {
    constexpr std::int64_t now_us = 1'795'000'000'123'456;
    EXPECT_TRUE(accepts(now_us, "one"));
    EXPECT_TRUE(accepts(now_us + 1, "other"));
    EXPECT_FALSE(accepts(now_us, "one"));
}

}  // namespace
}  // namespace dibs::tests
