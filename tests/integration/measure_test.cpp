// The measurements see what they are made to see: each figure has a twin of the lock that misses it.
#include "core/task_group.hpp"
#include "measure/commands.hpp"
#include "measure/crowd.hpp"
#include "measure/cycles.hpp"
#include "measure/library.hpp"
#include "measure/many_waiters.hpp"
#include "measure/pipelined.hpp"
#include "measure/standing.hpp"
#include "redis/endpoint.hpp"
#include "tests/support/lock_fixture.hpp"
#include "tests/support/run_program.hpp"

#include <dibs/mutex.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace dibs::measure {
namespace {

using namespace std::chrono_literals;
using tests::shared_servers;

/// What goes wrong in a twin.
struct flaw {
    steady::duration sleep_first = {};  ///< before the first try
    steady::duration poll = {};         ///< between single tries, in place of a wait
    std::size_t ballast = 0;            ///< bytes that a waiter keeps
    int extra_commands = 0;
};

class flawed_user final : public user {
   public:
    flawed_user(asio::io_context& io, std::unique_ptr<user> inner, flaw with)
        : timer_(io), inner_(std::move(inner)), flaw_(with), ballast_(with.ballast, 'x') {}

    task<bool> acquire(std::chrono::milliseconds wait) override {
        const auto until = after(wait);
        if (flaw_.sleep_first > 0ms) co_await pause(flaw_.sleep_first);
        for (int i = 0; i < flaw_.extra_commands; ++i) {
            co_await inner_->acquire(0ms);
            co_await inner_->release();
        }
        if (flaw_.poll == 0ms) co_return co_await inner_->acquire(wait);
        for (;;) {
            const bool had = co_await inner_->acquire(0ms);
            if (had) co_return true;
            if (steady::now() >= until) co_return false;
            co_await pause(flaw_.poll);
        }
    }
    task<void> release() override { return inner_->release(); }

   private:
    task<void> pause(steady::duration time) {
        timer_.expires_after(time);
        co_await timer_.async_wait(asio::use_awaitable);
    }

    asio::steady_timer timer_;
    std::unique_ptr<user> inner_;
    flaw flaw_;
    std::vector<char> ballast_;
};

class measure_test : public testing::Test {
   protected:
    measure_test() : ours(config::from_url(shared_servers().redis_url())) {}

    user_maker flawed(flaw with) { return flawed(ours, with); }
    static user_maker flawed(library& of, flaw with) {
        return [&of, with](lock_request wanted) {
            return std::make_unique<flawed_user>(of.io, of.users(std::move(wanted)), with);
        };
    }
    static bool met(const char* name, double value, double floor = 1) {
        return goal_of(name)->met_by({name, "", {{value, 0}}, {{floor, 0}}});
    }
    static bool met(const figure& found) { return goal_of(found.name)->met_by(found); }

    library ours;
    cpu_meter meter{{}};
};

TEST_F(measure_test, counts_two_commands_a_cycle_and_sees_more) {
    const std::vector<std::string> servers{shared_servers().redis_url()};
    for (const auto kind : {algorithm::spinlock, algorithm::pubsub, algorithm::queue, algorithm::fencing}) {
        const auto who = ours.users(request_for(kind, "test:commands"));
        EXPECT_EQ(commands_per_cycle(ours.io, *who, servers), 2) << to_string(kind);
    }
    const auto twin = flawed({.extra_commands = 1})(request_for(algorithm::queue, "test:commands"));
    EXPECT_FALSE(met("commands_per_cycle", commands_per_cycle(ours.io, *twin, servers)));
}

TEST_F(measure_test, counts_two_commands_a_cycle_on_each_master) {
    config masters;
    masters.masters = shared_servers().redlock_urls();
    library on_masters(masters);
    const auto who = on_masters.users(request_for(algorithm::redlock, "test:commands"));
    EXPECT_EQ(commands_per_cycle(on_masters.io, *who, masters.masters), 2);
    const auto twin =
        flawed(on_masters, {.extra_commands = 1})(request_for(algorithm::redlock, "test:commands"));
    EXPECT_FALSE(
        met("commands_per_cycle_redlock", commands_per_cycle(on_masters.io, *twin, masters.masters)));
}

TEST_F(measure_test, sees_a_redlock_that_waits_for_the_slow) {
    config masters;
    masters.masters = shared_servers().redlock_urls();
    library on_masters(masters);
    const auto wanted = request_for(algorithm::redlock, "test:redlock");
    const auto sound = on_masters.users(wanted);
    const auto twin = flawed(on_masters, {.sleep_first = 10ms})(wanted);
    const auto slow = cycles_by(on_masters.io, *twin, meter, 10);
    plain_lock plain({lock_commands::kind::redlock, wanted.name}, masters.masters);
    EXPECT_FALSE(met(interleaved({"redlock_cycle", "us"}, 3, slow, cycles_by(plain, meter, 10))));
    for (const char* name :
         {"redlock_one_hung", "redlock_two_hung", "redlock_two_dead", "redlock_two_black_holed"})
        EXPECT_FALSE(met(interleaved({name, "us"}, 3, slow, cycles_by(on_masters.io, *sound, meter, 10))));
}

TEST_F(measure_test, sees_a_mutex_that_sleeps) {
    const lock_name name("test:blocking");
    mutex ours_blocking(client::connect(config::from_url(shared_servers().redis_url())), name.text());
    const auto sleeper = [&] {
        std::this_thread::sleep_for(3ms);
        const std::scoped_lock held(ours_blocking);
    };
    plain_lock plain({lock_commands::kind::queue, name}, {shared_servers().redis_url()});
    EXPECT_FALSE(met(interleaved({"cycle_blocking", "us"}, 3, cycles_by(sleeper, meter, 10),
                                 cycles_by(plain, meter, 10))));
}

TEST_F(measure_test, sees_a_hand_off_that_is_slept_through) {
    std::vector<std::unique_ptr<user>> sound, sleepy;
    for (int i = 0; i < 10; ++i) {
        const auto wanted = request_for(algorithm::pubsub, "test:local");
        sound.push_back(ours.users(wanted));
        sleepy.push_back(flawed({.sleep_first = 2ms})(wanted));
    }
    const auto found = interleaved({"handoff_local", "handoffs/s"}, 3, turns_of(ours.io, sleepy, meter, 20),
                                   turns_of(ours.io, sound, meter, 20));
    EXPECT_FALSE(met(found));
    EXPECT_LT(found.ratio(), 0.5);
}

TEST_F(measure_test, sees_a_sleep_before_the_first_try) {
    const auto twin = flawed({.sleep_first = 3ms})(request_for(algorithm::queue, "test:sleeper"));
    plain_lock plain({lock_commands::kind::queue, lock_name("test:sleeper")}, {shared_servers().redis_url()});
    const auto found = interleaved({"cycle_queue", "us"}, 3, cycles_by(ours.io, *twin, meter, 20),
                                   cycles_by(plain, meter, 20));
    EXPECT_FALSE(met(found));
    EXPECT_GT(found.value(), 3000);
    EXPECT_GT(found.floor(), 0);
}

TEST_F(measure_test, sees_that_pipelining_is_slowed_down) {
    std::vector<std::unique_ptr<user>> fast, slow;
    for (int i = 0; i < 64; ++i) {
        const auto wanted = request_for(algorithm::queue, "test:pipelined:" + std::to_string(i));
        fast.push_back(ours.users(wanted));
        slow.push_back(flawed({.sleep_first = 20ms})(wanted));
    }
    const auto found =
        interleaved({"cycle_pipelined", "cycles/s"}, 3, cycles_side_by_side(ours.io, slow, meter, 3),
                    cycles_side_by_side(ours.io, fast, meter, 3));
    EXPECT_FALSE(met(found));
}

crowd_report fight(library& with, const user_maker& users, algorithm kind, std::size_t waiters = 10) {
    crowd_orders told;
    told.name = "test:crowd";
    told.kind = kind;
    told.waiters = waiters;
    told.begin = after(1ms);
    told.warm_up = 50ms;
    told.length = 500ms;
    std::optional<crowd_report> seen;
    run_to_end(with.io, keep(attend(with.io.get_executor(), told, users), seen));
    return *seen;
}

TEST_F(measure_test, sees_that_a_crowd_polls) {
    const auto fair = fight(ours, ours.users, algorithm::queue);
    EXPECT_TRUE(met("jain_queue", fair.fairness())) << fair.fairness();
    EXPECT_EQ(fair.failures, 0U);
    const auto polled = fight(ours, flawed({.poll = 100ms}), algorithm::queue);
    EXPECT_FALSE(met("wait_max_queue", polled.wait_ms(1), 9 * polled.mean_hold_ms()));
    EXPECT_FALSE(met("jain_queue", polled.fairness()));
    const auto asleep = fight(ours, flawed({.sleep_first = 30ms}), algorithm::pubsub);
    EXPECT_FALSE(met("utilisation_pubsub", asleep.utilisation()));
    EXPECT_FALSE(met("utilisation_spinlock", asleep.utilisation()));
    EXPECT_GT(asleep.gap_us(), 1000) << "ten who sleep for 30 ms cannot come sooner after one another";
    EXPECT_FALSE(met("wait_p99_queue", asleep.wait_ms(0.99), 9 * asleep.mean_hold_ms()));
}

TEST_F(measure_test, a_process_that_comes_late_says_so_in_every_role) {
    user_orders told;
    told.redis_url = shared_servers().redis_url();
    told.crowd.name = "test:late";
    told.crowd.begin = steady::now() - 1ms;
    using role = user_orders::role;
    for (const auto as : {role::crowd, role::ping_pong, role::script_ping_pong}) {
        told.as = as;
        EXPECT_EQ(run_user(told, library_users), "late") << static_cast<int>(as);
    }
}

TEST_F(measure_test, sees_what_a_waiter_keeps) {
    user_orders told;
    told.redis_url = shared_servers().redis_url();
    told.crowd.name = "test:memory";
    const auto holder = ours.users(request_for(algorithm::queue, told.crowd.name));
    std::optional<bool> held;
    run_to_end(ours.io, keep(holder->acquire(0ms), held));
    std::optional<library> apart;
    const auto with_ballast = [&](asio::io_context& io, const std::string& url) -> user_maker {
        const auto users = library_users(io, url);
        return [&io, users](lock_request wanted) {
            return std::make_unique<flawed_user>(io, users(std::move(wanted)), flaw{.ballast = 8192});
        };
    };
    EXPECT_FALSE(met("bytes_per_waiter", stand(told, with_ballast).bytes_per_waiter()));
}

TEST_F(measure_test, sees_that_many_waiters_are_slower_than_few) {
    // A poll of its own for each: the more there are, the more they keep the server from granting.
    const auto few = serve_line(ours.io, ours.users, {.waiters = 10});
    const auto many = serve_line(ours.io, flawed({.sleep_first = 50ms}), {.waiters = 10});
    const auto rate = [](const line_report& of) { return static_cast<double>(of.grants) / of.length_s; };
    EXPECT_GT(few.grants, 0U);
    EXPECT_FALSE(met("waiters_10000", rate(many), rate(few)));
    // In a line that moves faster than it had before more of them are served in time.
    line_report impatient;
    for (int i = 0; i < 5 && impatient.timed_out <= 250; ++i)
        impatient = serve_line(ours.io, ours.users, {.waiters = 500, .impatient = 500});
    EXPECT_GT(impatient.timed_out, 250U);
    const auto asleep = serve_line(ours.io, flawed({.sleep_first = 50ms}), {.waiters = 10, .impatient = 10});
    EXPECT_FALSE(met("waiters_10000_cancelled", rate(asleep), rate(few)));
}

TEST_F(measure_test, sees_that_two_who_take_turns_sleep) {
    const auto us_a_turn = [](const crowd_report& of) {
        return of.length_s * 1e6 / static_cast<double>(of.all_grants());
    };
    const auto sound = fight(ours, ours.users, algorithm::queue, 2);
    const auto asleep = fight(ours, flawed({.sleep_first = 10ms}), algorithm::queue, 2);
    EXPECT_FALSE(met("handoff_remote", us_a_turn(asleep), us_a_turn(sound)));
}

TEST_F(measure_test, program_prints_a_table_and_writes_json) {
    auto& box = shared_servers().supervisor();
    const auto file = box.folder() / "measure.json";
    const auto ended = tests::run_program(box, DIBS_PROGRAM,
                                          {"measure", "--only", "commands_per_cycle,handoff_remote",
                                           "--repeats", "1", "--json", file.native()});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_THAT(ended.out, testing::HasSubstr("| commands_per_cycle"));
    std::ifstream text(file);
    const std::string json((std::istreambuf_iterator<char>(text)), std::istreambuf_iterator<char>());
    const auto metrics = boost::json::parse(json).at("metrics");
    EXPECT_EQ(metrics.at("commands_per_cycle").at("value").to_number<double>(), 2);
    EXPECT_GT(metrics.at("handoff_remote").at("ratio").to_number<double>(), 0);
    EXPECT_EQ(tests::run_program(box, DIBS_PROGRAM, {"measure", "--only", "luck"}).status, 2);
}

}  // namespace
}  // namespace dibs::measure
