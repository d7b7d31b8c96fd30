// What a client tells of its locks: to an observer, to Prometheus, and to the log.
#include "tests/support/client_fixture.hpp"

#include <dibs/log.hpp>
#include <dibs/prometheus.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <gmock/gmock.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <string>
#include <vector>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using outcome = acquisition::outcome;
using testing::HasSubstr;

class notes final : public observer {
   public:
    struct grant {
        std::string name;
        algorithm kind;
        outcome ended;
        std::chrono::nanoseconds wait;
        int tries;
        handoff how;
    };
    void acquired(const acquisition& what) override {
        acquisitions.push_back(
            {what.name.text(), what.algorithm, what.ended, what.wait, what.tries, what.handoff});
    }
    void held(const hold_end& what) override { ends.push_back(what.ended), holds.push_back(what.held); }
    void lost(const lock_name&, algorithm) override { ++losses; }
    void renewed(const lock_name&, algorithm, std::chrono::nanoseconds lag) override { lags.push_back(lag); }

    std::vector<grant> acquisitions;
    std::vector<hold_end::how> ends;
    std::vector<std::chrono::nanoseconds> holds, lags;
    int losses = 0;
};

class observer_test : public client_test {
   protected:
    client connect(std::shared_ptr<observer> listener) {
        auto servers = config::from_url(shared_servers().redis_url());
        servers.observer = std::move(listener);
        return run(client::connect(io_.get_executor(), servers));
    }
    std::shared_ptr<notes> told = std::make_shared<notes>();
};

TEST_F(observer_test, hears_of_grants_waits_in_vain_and_releases) {
    auto locks = connect(told);
    auto held = run(locks.acquire(request_for(algorithm::queue)));
    EXPECT_FALSE(run(locks.acquire(request_for(algorithm::queue, 30ms))));
    run_for(20ms);
    run(held->release());
    ASSERT_EQ(told->acquisitions.size(), 2U);
    EXPECT_EQ(told->acquisitions[0].name, name_);
    EXPECT_EQ(told->acquisitions[0].ended, outcome::granted);
    EXPECT_EQ(told->acquisitions[0].tries, 1);
    EXPECT_EQ(told->acquisitions[1].ended, outcome::busy);
    EXPECT_GE(told->acquisitions[1].wait, 30ms);
    EXPECT_EQ(told->acquisitions[1].tries, 0);
    ASSERT_EQ(told->ends.size(), 1U);
    EXPECT_EQ(told->ends.front(), hold_end::how::released);
    EXPECT_GE(told->holds.front(), 50ms);
}

TEST_F(observer_test, hears_how_a_lock_was_come_by) {
    auto locks = connect(told);
    auto others = connect(nullptr);
    for (const auto kind : {algorithm::queue, algorithm::spinlock}) {
        auto held = run(others.acquire(request_for(kind)));
        auto waiting = start_task(io_.get_executor(), locks.acquire(request_for(kind, 10s)));
        run_for(20ms);
        run(held->release());
        while (waiting.wait_for(0s) != std::future_status::ready) run_for(1ms);
        auto got = waiting.get();
        auto own = start_task(io_.get_executor(), locks.acquire(request_for(kind, 10s)));
        run_for(1ms);
        run(got->release());
        while (own.wait_for(0s) != std::future_status::ready) run_for(1ms);
        run(own.get()->release());
    }
    ASSERT_EQ(told->acquisitions.size(), 4U);
    EXPECT_EQ(told->acquisitions[0].how, handoff::remote);
    EXPECT_EQ(told->acquisitions[0].tries, 1);
    EXPECT_EQ(told->acquisitions[1].how, handoff::remote) << "queue asks the server even for its own";
    EXPECT_EQ(told->acquisitions[2].how, handoff::none);
    EXPECT_GT(told->acquisitions[2].tries, 1) << "it polled";
    EXPECT_EQ(told->acquisitions[3].how, handoff::local);
}

TEST_F(observer_test, hears_of_renewals_losses_and_failures) {
    auto locks = connect(told);
    auto request = request_for(algorithm::queue);
    request.lease = 300ms;
    auto held = run(locks.acquire(request));
    run_for(250ms);
    EXPECT_GE(told->lags.size(), 1U);
    run(servers_->redis().execute(redis::command("FLUSHALL"), after(5s)));
    run_for(200ms);
    EXPECT_EQ(told->losses, 1);
    EXPECT_EQ(run(held->release()), release_outcome::expired);
    EXPECT_EQ(told->ends.back(), hold_end::how::expired);
    run(locks.close());
    EXPECT_ANY_THROW(run(locks.acquire(request)));
    EXPECT_EQ(told->acquisitions.back().ended, outcome::failed);
}

TEST_F(observer_test, hears_of_a_caller_that_was_cancelled) {
    auto locks = connect(told);
    auto held = run(locks.acquire(request_for(algorithm::queue)));
    std::optional<std::optional<lease>> got;
    asio::cancellation_signal stop;
    spawn(io_.get_executor(), keep(locks.acquire(request_for(algorithm::queue, 10s)), got), stop.slot());
    run_for(10ms);
    stop.emit(asio::cancellation_type::terminal);
    run_for(10ms);
    EXPECT_EQ(told->acquisitions.back().ended, outcome::cancelled);
}

TEST_F(observer_test, counts_for_prometheus) {
    const auto registry = std::make_shared<prometheus::Registry>();
    auto locks = connect(prometheus_observer(registry));
    auto held = run(locks.acquire(request_for(algorithm::fencing)));
    EXPECT_FALSE(run(locks.acquire(request_for(algorithm::fencing))));
    run(held->release());
    const auto text = prometheus::TextSerializer().Serialize(registry->Collect());
    const std::string of = "{algorithm=\"fencing\"";
    EXPECT_THAT(text, HasSubstr("dibs_lock_wait_seconds_count" + of + ",outcome=\"granted\"} 1"));
    EXPECT_THAT(text, HasSubstr("dibs_lock_wait_seconds_count" + of + ",outcome=\"busy\"} 1"));
    EXPECT_THAT(text, HasSubstr("dibs_lock_wait_seconds_count" + of + ",outcome=\"failed\"} 0"));
    EXPECT_THAT(text, HasSubstr("dibs_lock_handoffs_total" + of + ",from=\"none\"} 1"));
    EXPECT_THAT(text, HasSubstr("dibs_lock_releases_total" + of + ",outcome=\"released\"} 1"));
    EXPECT_THAT(text, HasSubstr("dibs_lock_hold_seconds_count" + of + "} 1"));
    EXPECT_THAT(text, HasSubstr("dibs_lock_tries_count" + of + "} 1"));
    EXPECT_THAT(text, HasSubstr("dibs_lock_leases_lost_total" + of + "} 0"));
    EXPECT_THAT(text, testing::Not(HasSubstr(name_))) << "a label for each name";
}

TEST_F(observer_test, logs_lost_connections_and_leases_to_the_host_s_sink) {
    std::vector<std::string> lines;
    set_log_sink([&](log_level level, std::string_view line) {
        if (level == log_level::warning) lines.emplace_back(line);
    });
    auto locks = connect(nullptr);
    auto request = request_for(algorithm::queue);
    request.lease = 200ms;
    auto held = run(locks.acquire(request));
    run(servers_->redis().execute(redis::command("FLUSHALL"), after(5s)));
    run_for(200ms);
    run(servers_->redis().execute(redis::command("CLIENT").arg("KILL").arg("TYPE").arg("normal"), after(5s)));
    run_for(50ms);
    set_log_sink({});
    EXPECT_THAT(lines, testing::Contains(HasSubstr("the lease of " + name_ + " is lost")));
    EXPECT_THAT(lines, testing::Contains(HasSubstr("the connection was lost")));
}

}  // namespace
}  // namespace dibs::tests
