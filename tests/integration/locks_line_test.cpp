// The heartbeats of a process's waiters: what is late, lost or refused of them puts nobody back and hides
// nothing.
#include "core/task_group.hpp"
#include "fault/proxy.hpp"
#include "locks/waiting_line.hpp"
#include "redis/connection.hpp"
#include "redis/scripts.hpp"
#include "tests/support/lock_fixture.hpp"

#include <dibs/error.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <future>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

/// Waiters of one process, under a holder who stays.
class line_test : public lock_test {
   protected:
    struct waiter {
        waiter(std::shared_ptr<locks::waiting_line> line, const std::string& name)
            : owner(name), place(std::in_place, std::move(line), owner, wanted) {}
        owner_id owner;
        std::optional<locks::waiting_line::place> place;
    };
    static constexpr locks::terms wanted{.lease = 60s};
    static constexpr auto stand_in_queue = locks::grants::when_busy::stand_in_queue;

    std::shared_ptr<locks::waiting_line> line_at(const locks::redis_server& server,
                                                 const locks::message_source& messages) {
        EXPECT_TRUE(run(at_.enqueue(owner_id("holder.1"), wanted, stand_in_queue, after(5s))).granted);
        locks::grants scripts(server, locks::lock_keys::with_queue(lock_name(name_)));
        return std::make_shared<locks::waiting_line>(io_.get_executor(), std::move(scripts), messages,
                                                     lock_name(name_), "line");
    }
    std::shared_ptr<locks::waiting_line> line_at(const locks::redis_server& server) {
        return line_at(server, servers_->for_lockers().subscriber);
    }

    std::unique_ptr<waiter> stand(const std::shared_ptr<locks::waiting_line>& line, const std::string& name) {
        auto made = std::make_unique<waiter>(line, name);
        EXPECT_FALSE(run(line->scripts().enqueue(made->owner, wanted, stand_in_queue, after(5s))).granted);
        made->place->turn();
        return made;
    }
    bool stands(const waiter& who) {
        auto look = redis::command("ZSCORE").arg("dibs:{" + name_ + "}:alive");
        return !run(ask(look.arg(locks::grants::entry(who.owner, wanted)))).is_nil();
    }
    static bool is_granted(waiter& who) {
        try {
            return who.place->take().has_value();
        } catch (const error&) {
            return false;
        }
    }
    /// What the line's waiters get where their wait ends now.
    static bool fails(waiter& who) {
        try {
            EXPECT_FALSE(who.place->take());
            return false;
        } catch (const error&) {
            return true;
        }
    }

    void await(const std::function<bool()>& what) {
        const auto until = after(20s);
        while (!what()) {
            ASSERT_LT(steady::now(), until);
            io_.restart();
            io_.run_for(1ms);
        }
    }
    bool says(redis::command question, const std::string& what) {
        return run(ask(std::move(question))).text().find(what) != std::string::npos;
    }
    /// A user with all rights but these, as the rules of ACL SETUSER have them.
    redis::endpoint user_with(std::string_view rule) {
        run(ask(redis::command("ACL")
                    .arg("SETUSER")
                    .arg(name_)
                    .arg("reset")
                    .arg("on")
                    .arg(">pw")
                    .arg("~*")
                    .arg("&*")
                    .arg("+@all")
                    .arg(rule)));
        auto where = redis::endpoint_from_url(urls_of(shared_servers()).redis);
        where.user = name_;
        where.password = "pw";
        return where;
    }

    locks::grants at_{servers_->for_lockers().redis, locks::lock_keys::with_queue(lock_name(name_))};
};

/// Its requests go through a relay, its messages do not.
class relayed_line : public line_test {
   protected:
    relayed_line() : relay_(io_.get_executor(), faults::endpoint_of(shared_servers().redis())) {
        auto url = faults::url_through(relay_, shared_servers().redis());
        server_ = std::make_shared<redis::connection>(io_.get_executor(), redis::endpoint_from_url(url));
        line_ = line_at(server_);
        first_ = stand(line_, "line.1");
        second_ = stand(line_, "line.2");
    }
    void TearDown() override {
        first_.reset();
        second_.reset();
        run(server_->close());
        run(relay_.stop());
        if (next_relay_) run(next_relay_->stop());
    }

    static faults::link_conditions held() { return {.hole = faults::black_hole::hold}; }

    /// A heartbeat is under way to the server, and the connection it was sent on is lost: the client is at
    /// its next one, over another relay.
    void lose_a_heartbeat() {
        relay_.set(faults::direction::to_server, held());
        await([&] { return server_->outstanding() > 0; });
        lost_client_ = server_->client().value();
        relay_.admit(faults::admission::refuse);
        next_relay_.emplace(io_.get_executor(), faults::endpoint_of(shared_servers().redis()),
                            faults::proxy_options{.listen = relay_.address()});
        relay_.hang_up(faults::side::client);
        await([&] { return server_->outstanding() == 0; });
    }
    /// What was under way when the connection was lost reaches the server, unless that has closed it.
    void deliver_late() {
        relay_.set(faults::direction::to_server, {});
        await([&] { return relay_.statistics().open == 0; });
    }

    faults::proxy relay_;
    std::optional<faults::proxy> next_relay_;
    redis::client_identity lost_client_;
    locks::redis_server server_;
    std::shared_ptr<locks::waiting_line> line_;
    std::unique_ptr<waiter> first_;
    std::unique_ptr<waiter> second_;
};

// It knows how to cancel, but must be told what a heartbeat is: by then the first has left.
TEST_F(relayed_line, who_left_is_not_put_back_by_a_server_that_has_forgotten_the_scripts) {
    await([&] { return server_->outstanding() == 0; });
    relay_.set(faults::direction::to_client, held());
    asio::io_context aside;  // ours stands still meanwhile, and no heartbeat is sent
    redis::connection admin(aside.get_executor(), redis::endpoint_from_url(urls_of(shared_servers()).redis));
    for (auto what : {redis::command("CONFIG").arg("RESETSTAT"), redis::command("SCRIPT").arg("FLUSH"),
                      redis::command("SCRIPT").arg("LOAD").arg(redis::scripts::cancel.source())})
        run_task(aside, admin.execute(std::move(what), after(5s)));
    await([&] { return says(redis::command("INFO").arg("errorstats"), "NOSCRIPT"); });
    first_->place.reset();
    await([&] { return !stands(*first_); });
    relay_.set(faults::direction::to_client, {});
    await([&] {
        auto known = redis::command("SCRIPT").arg("EXISTS").arg(redis::scripts::heartbeat.sha1());
        return run(ask(std::move(known))).elements().at(0).integer() == 1;
    });
    EXPECT_FALSE(stands(*first_));
    EXPECT_TRUE(stands(*second_));
}

TEST_F(relayed_line, who_left_is_not_put_back_by_a_heartbeat_of_a_lost_connection) {
    lose_a_heartbeat();
    first_->place.reset();
    await([&] { return !stands(*first_); });
    deliver_late();
    EXPECT_FALSE(stands(*first_));
    EXPECT_TRUE(stands(*second_));
}

TEST_F(relayed_line, it_is_closed_though_nobody_waits_any_more) {
    second_.reset();
    await([&] { return run(ask(redis::command("ZCARD").arg("dibs:{" + name_ + "}:alive"))).integer() == 2; });
    lose_a_heartbeat();
    EXPECT_EQ(run(at_.release(owner_id("holder.1"), after(5s))), release_outcome::released);
    await([&] { return is_granted(*first_); });
    EXPECT_EQ(run(at_.release(first_->owner, after(5s))), release_outcome::released);
    first_.reset();
    await([&] {
        return run(ask(redis::command("CLIENT").arg("LIST").arg("ID").arg(lost_client_.id))).text().empty();
    });
    deliver_late();
    EXPECT_TRUE(run(keys_left()).empty());
}

TEST_F(relayed_line, a_grant_whose_confirmation_was_lost_is_confirmed_again) {
    second_.reset();
    EXPECT_EQ(run(at_.release(owner_id("holder.1"), after(5s))), release_outcome::released);
    std::optional<locks::redis_hold::grant> granted;
    await([&] { return (granted = first_->place->take()).has_value(); });
    const auto held = std::make_shared<locks::redis_hold>(line_->scripts(), std::move(*granted));
    line_->confirm_later(held);
    lose_a_heartbeat();  // which is the confirmation
    await([&] { return held->valid_until() > after(2s); });
    EXPECT_EQ(run(held->release()), release_outcome::released);
}

// Whoever was granted the lock meanwhile may have given it back: that sends no withdrawal.
TEST_F(relayed_line, a_connection_that_lost_a_heartbeat_is_closed_before_the_next) {
    lose_a_heartbeat();
    run(ask(redis::command("CONFIG").arg("RESETSTAT")));
    await([&] { return says(redis::command("INFO").arg("commandstats"), "zremrangebyscore"); });
    const auto lost = run(ask(redis::command("CLIENT").arg("LIST").arg("ID").arg(lost_client_.id)));
    EXPECT_EQ(lost.text(), "");
    deliver_late();
}

TEST_F(line_test, the_failure_of_the_last_heartbeat_stays_until_one_succeeds) {
    // Which a heartbeat needs, and nothing else that the line asks.
    const auto where = user_with("-zremrangebyscore");
    auto server = std::make_shared<redis::connection>(io_.get_executor(), where);
    const auto line = line_at(server);
    auto waiting = stand(line, "line.1");
    await([&] { return fails(*waiting); });
    locks::attempt busy;
    busy.remaining = 100ms;
    line->observe(steady::now(), busy);  // wakes it before the next is due
    io_.restart();
    io_.poll();
    EXPECT_TRUE(fails(*waiting));
    user_with("+zremrangebyscore");
    await([&] { return !fails(*waiting); });
}

TEST_F(line_test, a_failure_is_not_told_to_who_comes_when_those_it_concerned_have_gone) {
    auto server = std::make_shared<redis::connection>(io_.get_executor(), user_with("-zremrangebyscore"));
    const auto line = line_at(server);
    auto first = stand(line, "line.1");
    await([&] { return fails(*first); });
    first.reset();
    auto next = std::make_unique<waiter>(line, "line.2");
    EXPECT_FALSE(fails(*next));
}

TEST_F(line_test, listens_again_when_it_may_after_it_was_refused_to) {
    const auto where = user_with("+ping");
    auto messages = std::make_shared<redis::subscriber>(io_.get_executor(), where);
    const auto line = line_at(servers_->for_lockers().redis, messages);
    auto waiting = stand(line, "line.1");
    const auto listeners = [&] {
        auto count = redis::command("PUBSUB").arg("NUMSUB").arg("dibs:{" + name_ + "}:line");
        return run(ask(std::move(count))).elements().at(1).integer();
    };
    await([&] { return listeners() == 1; });
    run(ask(redis::command("CONFIG").arg("RESETSTAT")));
    user_with("resetchannels");  // which also cuts off those who listen
    await([&] { return says(redis::command("INFO").arg("errorstats"), "NOPERM"); });
    EXPECT_EQ(listeners(), 0);
    user_with("+ping");
    await([&] { return listeners() == 1; });
    EXPECT_EQ(listeners(), 1);
}

task<void> take_and_renew(task<std::optional<locks::lease>> take, std::chrono::milliseconds duration,
                          std::optional<locks::lease>& held, bool& renewed) {
    held = co_await std::move(take);
    if (held) renewed = co_await held->held()->renew(duration, after(5s));
}

TEST_F(line_test, a_lease_that_was_shortened_by_hand_is_not_extended_by_its_confirmation) {
    constexpr auto short_lease = 2s;
    const auto here = make("queue");
    lock_servers elsewhere(io_.get_executor(), urls_of(shared_servers()));
    const auto there = make_lock("queue", elsewhere.for_lockers()).locker;
    std::optional<locks::lease> held;
    for (bool renewed = false; !renewed;) {  // a grant that was pushed is over in a second
        held.reset();
        auto before = run(take(*there, 20s, 60s));
        ASSERT_TRUE(before);
        task_group waiting(io_.get_executor());
        waiting.spawn(take_and_renew(take(*here, 20s, 60s), short_lease, held, renewed));
        run(await_queue());
        run(before->release());
        run(waiting.join());
        ASSERT_TRUE(held);
    }
    const auto left = [&] {
        return std::chrono::milliseconds(
            run(ask(redis::command("PTTL").arg("dibs:{" + name_ + "}:lock"))).integer());
    };
    auto most = left();
    await([&] {
        const auto now = left();
        most = std::max(most, now);
        return now < 0ms || now > short_lease;
    });
    EXPECT_LE(most, short_lease);
}

TEST_F(relayed_line, an_earlier_renewal_that_is_answered_late_does_not_extend_a_shorter_one) {
    const locks::grants through_relay(server_, locks::lock_keys::with_queue(lock_name(name_)));
    locks::redis_hold mine(through_relay, {lock_name(name_), owner_id("holder.1"), fencing_token(1), 1,
                                           wanted.lease, after(wanted.lease)});
    relay_.set(faults::direction::to_client, held());
    const auto first = start_task(io_.get_executor(), mine.renew(60s, after(20s)));
    EXPECT_THROW(run(mine.renew(2s, after(100ms))), error);  // in doubt: the server may have done it
    const auto shorter = mine.valid_until();
    relay_.set(faults::direction::to_client, {});
    await([&] { return first.wait_for(0s) == std::future_status::ready; });
    EXPECT_EQ(mine.valid_until(), shorter);
}

}  // namespace
}  // namespace dibs::tests
