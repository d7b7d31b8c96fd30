#include "load/stage.hpp"
#include "load_runs.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <set>
#include <string>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;
using tests::run_task;

class arrivals_run : public load_run {
   protected:
    scenario arrivals(double rate, std::chrono::milliseconds length, std::uint32_t most_users = 1000) {
        scenario made = short_run();
        arrival_rate asked = arrival_rate::constant(rate, length);
        asked.most_users = most_users;
        made.executor = asked;
        return made;
    }
    static stats::trend_values trend(const run_result& done, const char* metric) {
        return std::get<stats::trend_values>(
            done.summary.metrics.at(stats::metric_name::parse(metric)).values);
    }
};

TEST_F(arrivals_run, begins_as_many_iterations_as_the_rate_says) {
    const run_result done = run_to_its_end(arrivals(200, 100ms));
    EXPECT_EQ(service.count(sign_up_path), 20U);
    EXPECT_EQ(service.count(claim_path_of_test), 20U);
    EXPECT_EQ(counted(done, "iterations"), 20);
    EXPECT_FALSE(has(done, "dropped_iterations"));
    EXPECT_EQ(trend(done, "start_lag").count, 20U);
    EXPECT_EQ(trend(done, "intended_claim_duration").count, 20U);
    EXPECT_GE(done.summary.duration, 100ms);
}

TEST_F(arrivals_run, follows_ramps) {
    scenario what = short_run();
    arrival_rate asked;
    asked.stages = {{100ms, 400}, {50ms, 400}};  // 20 and 20
    what.executor = asked;
    EXPECT_EQ(counted(run_to_its_end(what), "iterations"), 40);
}

TEST_F(arrivals_run, begins_in_time_however_long_those_before_take) {
    service.hold_claims();
    scenario what = arrivals(1000, 20ms);
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == 20) service.release_claims();
    };
    EXPECT_EQ(counted(run_to_its_end(what), "iterations"), 20);
}

TEST_F(arrivals_run, drops_what_finds_no_free_user_and_does_not_make_up_for_it) {
    service.hold_claims();
    scenario what = arrivals(1000, 20ms, 2);
    what.allowed.stop = 30ms;
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(service.count(sign_up_path), 2U);
    EXPECT_EQ(done.dropped_iterations, 18U);
    EXPECT_EQ(counted(done, "dropped_iterations"), 18);
    EXPECT_EQ(done.interrupted_iterations, 2U);
    EXPECT_EQ(done.claims.count(outcome::in_doubt), 2U);
}

TEST_F(arrivals_run, uses_its_users_again) {
    scenario what = arrivals(100, 300ms);
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(counted(done, "iterations"), 30);
    std::set<std::string> emails;
    for (const auto& asked : service.requests)
        if (asked.path == sign_up_path)
            emails.emplace(boost::json::parse(asked.body).at("email").as_string());
    EXPECT_EQ(emails.size(), 30U);
}

TEST_F(arrivals_run, counts_latencies_from_the_intended_start_too) {
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == 1) block(60ms);
    };
    const run_result done = run_to_its_end(arrivals(200, 40ms));
    EXPECT_EQ(counted(done, "iterations"), 8);
    const auto lag = trend(done, "start_lag");
    EXPECT_GE(lag.max, 20);
    EXPECT_NEAR(trend(done, "intended_iteration_duration").avg,
                trend(done, "iteration_duration").avg + lag.avg, 1e-6);
    const stats::trend& claims = done.claims.latency;
    EXPECT_NEAR(trend(done, "intended_claim_duration").avg, claims.average() + lag.avg, 1e-6);
    EXPECT_GT(done.generator.start_lag_p99, 0ns);
}

TEST_F(arrivals_run, that_is_cancelled_or_interrupted_leaves_no_user_behind) {
    const auto ended = run_task(io, with_timeout(run(arrivals(200, 1h)), after(200ms)));
    EXPECT_FALSE(ended.has_value());
    generator one(io.get_executor(), arrivals(200, 1h));
    const std::size_t before = service.count(claim_path_of_test);
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == before + 5) one.interrupt();
    };
    EXPECT_EQ(run_task(io, one.run()).ended, ending::interrupted);
}

TEST_F(arrivals_run, that_begins_nothing_is_refused) {
    EXPECT_THROW(generator(io.get_executor(), arrivals(0, 1s)), bad_scenario);
    EXPECT_THROW(generator(io.get_executor(), arrivals(10, 0ms)), bad_scenario);
    EXPECT_THROW(generator(io.get_executor(), arrivals(10, 1s, 0)), bad_scenario);
}

}  // namespace
}  // namespace dibs::load
