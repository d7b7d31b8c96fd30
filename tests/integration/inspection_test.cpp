// What operators see of locks, and do to them: the library's part, and the programs `dibs ps` and `dibs
// break`.
#include "locks/inspection.hpp"

#include "core/spawn.hpp"
#include "core/timeout.hpp"
#include "tests/support/lock_fixture.hpp"
#include "tests/support/run_program.hpp"

#include <dibs/error.hpp>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using locks::lease;
using testing::HasSubstr;
using testing::StartsWith;

/// The first of the masters do not answer for as long as it lives.
class stopped_masters {
   public:
    explicit stopped_masters(std::size_t count) : count_(count) { send(SIGSTOP); }
    stopped_masters(const stopped_masters&) = delete;
    stopped_masters& operator=(const stopped_masters&) = delete;
    ~stopped_masters() { send(SIGCONT); }

   private:
    void send(int signal) const {
        for (std::size_t i = 0; i < count_; ++i) shared_servers().redis_master(i).signal(signal);
    }
    std::size_t count_;
};

class inspection : public lock_test {
   protected:
    bool is_free_on(redis::connection& master) {
        auto get = redis::command("GET").arg("dibs:{" + name_ + "}:redlock");
        return run(master.execute(std::move(get), after(5s))).is_nil();
    }
    std::optional<lease> take(const named_lock& of, std::chrono::milliseconds wait = 0ms) {
        return run(of.locker->acquire(wanted(of, wait)));
    }
    lock_request wanted(const named_lock& of, std::chrono::milliseconds wait) const {
        auto request = of.request(name_);
        request.wait = wait;
        return request;
    }
    named_lock lock(const std::string& kind) { return make_lock(kind, servers_->for_lockers()); }

    /// Waits in the background.
    void stand(const named_lock& of, std::optional<std::optional<lease>>& got) {
        spawn(io_.get_executor(), keep(of.locker->acquire(wanted(of, 20s)), got));
    }
    std::vector<locks::seen_lock> seen() {
        const auto on = servers_->for_lockers();
        auto all = run(locks::locks_on_redis(on.redis, after(5s)));
        for (auto& one : run(locks::locks_on_masters(on.masters, after(5s)))) all.push_back(one);
        for (auto& one : run(locks::locks_in_database(*on.pool, after(5s)))) all.push_back(one);
        std::erase_if(all, [&](const auto& one) { return one.name != name_; });
        return all;
    }
    /// The only one of its name, when it has so many waiters.
    locks::seen_lock seen_with(std::size_t waiters) {
        for (;;) {
            const auto all = seen();
            if (all.size() == 1 && all.front().waiters == waiters) return all.front();
            io_.restart();
            io_.run_for(1ms);
        }
    }
    void await(const std::optional<std::optional<lease>>& got) {
        while (!got) {
            io_.restart();
            io_.run_for(1ms);
        }
    }
    program_end dibs(std::vector<std::string> words) {
        return run_program(shared_servers().supervisor(), DIBS_PROGRAM, std::move(words));
    }
};

TEST_F(inspection, sees_holder_token_lease_and_waiters_on_redis) {
    EXPECT_TRUE(seen().empty());
    const auto queue = lock("queue");
    auto held = take(queue);
    std::optional<std::optional<lease>> first, second;
    stand(queue, first);
    stand(queue, second);
    const auto found = seen_with(2);
    EXPECT_EQ(found.backend, "redis");
    EXPECT_EQ(found.holder, held->owner().text());
    EXPECT_EQ(found.token, held->token()->value());
    EXPECT_GT(found.remaining, 5s);
    EXPECT_LE(found.remaining, 10s);
    EXPECT_EQ(found.dead_waiters, 0U);
}

TEST_F(inspection, passes_over_keys_that_are_no_locks) {
    auto held = take(lock("queue"));
    auto foreign = redis::command("SET").arg("dibs:{no name}:lock").arg(1).arg("PX").arg(60'000);
    run(ask(std::move(foreign)));
    EXPECT_EQ(seen().size(), 1U);
    auto gone = redis::command("DEL").arg("dibs:{no name}:lock");
    run(ask(std::move(gone)));
}

TEST_F(inspection, tells_living_waiters_from_dead_ones) {
    const auto queue = lock("queue");
    auto held = take(queue);
    const auto entry = [&](const char* owner) { return std::string(owner) + ".1 10000 1"; };
    for (const auto* owner : {"dead", "left"}) {
        auto push = redis::command("RPUSH").arg("dibs:{" + name_ + "}:queue").arg(entry(owner));
        run(servers_->redis().execute(std::move(push), after(5s)));
    }
    auto mark = redis::command("ZADD").arg("dibs:{" + name_ + "}:alive");
    mark.arg(1).arg("dead").arg("+inf").arg(entry("dead"));
    run(servers_->redis().execute(std::move(mark), after(5s)));
    const auto all = seen();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all.front().waiters, 0U);
    EXPECT_EQ(all.front().dead_waiters, 1U);
    EXPECT_EQ(run(held->release()), release_outcome::released) << "neither was granted it";
    EXPECT_TRUE(seen().empty());
}

TEST_F(inspection, sees_on_how_many_masters_a_redlock_is_held) {
    const auto redlock = lock("redlock");
    auto held = take(redlock);
    const std::string key = "dibs:{" + name_ + "}:redlock";
    for (const auto& master : servers_->for_lockers().masters)  // a majority is enough for the lease
        while (run(master->execute(redis::command("EXISTS").arg(key), after(5s))).integer() == 0) {
        }
    run(servers_->for_lockers().masters.front()->execute(redis::command("DEL").arg(key), after(5s)));
    const auto all = seen();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all.front().on, "4 of 5 masters");
    EXPECT_EQ(all.front().holder, held->owner().text());
    const auto broken =
        run(locks::break_on_masters(servers_->for_lockers().masters, lock_name(name_), after(5s)));
    EXPECT_EQ(broken->holder, held->owner().text());
    EXPECT_TRUE(seen().empty());
    EXPECT_NE(run(held->release()), release_outcome::released);
}

TEST_F(inspection, a_broken_redlock_is_not_renewed_and_bars_nobody) {
    const auto redlock = lock("redlock");
    auto held = take(redlock);
    run(locks::break_on_masters(servers_->for_lockers().masters, lock_name(name_), after(5s)));
    EXPECT_FALSE(run(held->held()->renew(10s, after(5s))));
    const auto others = lock("redlock");
    auto next = take(others, 5s);
    ASSERT_TRUE(next) << "the renewal made the keys again";
    EXPECT_EQ(run(next->release()), release_outcome::released);
}

TEST_F(inspection, a_master_that_is_away_hides_no_lock_and_keeps_none_from_being_broken) {
    const auto redlock = lock("redlock");
    auto held = take(redlock);
    const auto masters = servers_->for_lockers().masters;
    const stopped_masters one(1);
    const auto all = run(locks::locks_on_masters(masters, {name_}, after(500ms)));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all.front().on, "4 of 5 masters");
    EXPECT_EQ(all.front().holder, held->owner().text());
    const auto broken = run(locks::break_on_masters(masters, lock_name(name_), after(500ms)));
    ASSERT_TRUE(broken);
    EXPECT_EQ(broken->holder, held->owner().text());
    EXPECT_FALSE(run(held->held()->renew(10s, after(500ms))));
    for (std::size_t i = 1; i < masters.size(); ++i) EXPECT_TRUE(is_free_on(*masters[i])) << i;
}

TEST_F(inspection, no_redlock_is_called_broken_or_free_where_no_majority_answers) {
    const auto redlock = lock("redlock");
    auto held = take(redlock);
    const stopped_masters three(3);
    try {
        run(locks::break_on_masters(servers_->for_lockers().masters, lock_name(name_), after(500ms)));
        ADD_FAILURE() << "it was called broken";
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), fault::unavailable);
        EXPECT_THAT(refused.what(), HasSubstr("2 of 5 masters answered"));
    }
}

TEST_F(inspection, sees_and_breaks_a_database_lock_and_leaves_its_waiters) {
    const auto database = lock("database");
    auto held = take(database);
    const auto others = lock("database");
    std::optional<std::optional<lease>> next;
    stand(others, next);
    const auto found = seen_with(1);
    EXPECT_THAT(found.holder, StartsWith(held->owner().text() + " (session "));
    EXPECT_EQ(found.token, held->token()->value());
    const auto broken =
        run(locks::break_in_database(*servers_->for_lockers().pool, lock_name(name_), after(5s)));
    ASSERT_TRUE(broken);
    EXPECT_EQ(broken->holder, found.holder);
    await(next);
    ASSERT_TRUE(*next);
    EXPECT_THROW(run(held->release()), error);
    EXPECT_EQ(run((*next)->release()), release_outcome::released);
    EXPECT_FALSE(run(locks::break_in_database(*servers_->for_lockers().pool, lock_name(name_), after(5s))));
}

TEST_F(inspection, gives_a_broken_lock_to_the_next_with_a_larger_token) {
    const auto queue = lock("queue");
    auto held = take(queue);
    const auto token = held->token()->value();
    std::optional<std::optional<lease>> next;
    stand(queue, next);
    seen_with(1);
    const auto broken =
        run(locks::break_on_redis(servers_->for_lockers().redis, lock_name(name_), after(5s)));
    ASSERT_TRUE(broken);
    EXPECT_EQ(broken->holder, held->owner().text());
    EXPECT_EQ(broken->token, token);
    await(next);
    ASSERT_TRUE(*next);
    EXPECT_EQ(broken->next, (*next)->owner().text());
    EXPECT_GT((*next)->token()->value(), token);
    EXPECT_EQ(run(held->release()), release_outcome::not_owner);
    EXPECT_EQ(run((*next)->release()), release_outcome::released);
    EXPECT_FALSE(run(locks::break_on_redis(servers_->for_lockers().redis, lock_name(name_), after(5s))));
}

TEST_F(inspection, is_what_ps_and_break_print) {
    const auto redis = shared_servers().redis_url();
    EXPECT_EQ(dibs({"ps", name_, "--redis", redis}).out, "no locks are held or waited for\n");
    auto held = take(lock("queue"));
    const auto listed = dibs({"ps", "--redis", redis});
    EXPECT_EQ(listed.status, 0);
    EXPECT_THAT(listed.out, StartsWith("NAME"));
    EXPECT_THAT(listed.out, HasSubstr(name_));
    EXPECT_THAT(listed.out, HasSubstr(held->owner().text()));
    const auto json = boost::json::parse(dibs({"ps", name_, "--json", "--redis", redis}).out);
    ASSERT_EQ(json.at("locks").as_array().size(), 1U);
    EXPECT_EQ(json.at("locks").at(0).at("token").to_number<std::int64_t>(), held->token()->value());

    const auto broken = dibs({"break", name_, "--redis", redis});
    EXPECT_EQ(broken.status, 0);
    EXPECT_THAT(broken.out, StartsWith(name_ + " (redis): taken from " + held->owner().text()));
    EXPECT_THAT(broken.out, HasSubstr("free now"));
    const auto again = dibs({"break", name_, "--redis", redis});
    EXPECT_EQ(again.status, 1);
    EXPECT_EQ(again.errors, name_ + " is not held\n");

    auto next = take(lock("queue"));
    const auto said = boost::json::parse(dibs({"break", name_, "--json", "--redis", redis}).out).at("broken");
    ASSERT_EQ(said.as_array().size(), 1U);
    EXPECT_EQ(said.at(0).at("holder").as_string(), next->owner().text());
    EXPECT_EQ(said.at(0).at("token").to_number<std::int64_t>(), next->token()->value());
    EXPECT_GT(said.at(0).at("remaining_ms").to_number<std::int64_t>(), 0);
    const auto nothing = dibs({"break", name_, "--json", "--redis", redis});
    EXPECT_EQ(nothing.status, 1);
    EXPECT_TRUE(boost::json::parse(nothing.out).at("broken").as_array().empty());
}

TEST_F(inspection, says_what_is_wrong) {
    EXPECT_EQ(dibs({"break"}).status, 2);
    EXPECT_EQ(dibs({"break", "no spaces", "--redis", shared_servers().redis_url()}).status, 2);
    EXPECT_EQ(dibs({"ps", "--redis", "http://x"}).status, 2);
    const auto away = dibs({"ps", "--redis", "redis+unix:///nowhere/redis.sock"});
    EXPECT_EQ(away.status, 1);
    EXPECT_THAT(away.errors, HasSubstr("/nowhere/redis.sock"));
}

}  // namespace
}  // namespace dibs::tests
