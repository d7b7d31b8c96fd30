// How runs of the closed model begin, and how they end.
#include "load/stage.hpp"
#include "load_runs.hpp"

#include <dibs/error.hpp>

#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;
using tests::answer;
using tests::run_task;

void expect_to_last(const run_result& done, steady::duration least) {
    EXPECT_GE(done.summary.duration, least);
    EXPECT_LT(done.summary.duration, 5s);
}

TEST_F(load_run, what_does_not_finish_in_its_grace_is_interrupted_and_in_doubt) {
    service.hold_claims();
    scenario what = short_run(2, 20ms);
    what.allowed = {10ms, 30ms};
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(done.interrupted_iterations, 2U);
    EXPECT_FALSE(has(done, "iterations"));
    EXPECT_EQ(done.claims.count(outcome::in_doubt), 2U);
    EXPECT_EQ(counted(done, "http_reqs"), 2);
    expect_to_last(done, 50ms);
}

TEST_F(load_run, a_user_whose_ramp_down_grace_is_over_is_cut_before_the_run_ends) {
    service.hold_claims();
    scenario what = short_run();
    what.executor = ramping_users{1, {{20ms, 1}, {0ms, 0}, {60ms, 0}}};
    what.allowed = {10ms, 30s};
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(done.interrupted_iterations, 1U);
    expect_to_last(done, 80ms);
}

TEST_F(load_run, an_iteration_under_way_at_the_end_finishes) {
    service.hold_claims();
    scenario what = short_run(1, 20ms);
    asio::steady_timer later(io, 60ms);
    later.async_wait([&](const boost::system::error_code&) { service.release_claims(); });
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(counted(done, "iterations"), 1);
    EXPECT_EQ(done.interrupted_iterations, 0U);
    expect_to_last(done, 40ms);
}

TEST_F(load_run, an_answer_that_does_not_come_in_time_is_in_doubt) {
    service.hold_claims();
    scenario what = short_run(1, 20ms);
    what.does.answer_within = 30ms;
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(done.claims.count(outcome::in_doubt), 1U);
    EXPECT_EQ(counted(done, "iterations"), 1);
    EXPECT_EQ(counted(done, "coupon_issue_errors"), 1);
}

TEST_F(load_run, an_interrupt_ends_the_run_with_what_it_has) {
    scenario what = short_run(2);
    what.executor = ramping_users{2, {{1h, 2}}};
    generator one(io.get_executor(), what);
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == 5) one.interrupt();
    };
    const run_result done = run_task(io, one.run());
    EXPECT_EQ(done.ended, ending::interrupted);
    EXPECT_GE(counted(done, "iterations"), 1);
    EXPECT_EQ(done.interrupted_iterations, 2U);
}

TEST_F(load_run, a_cancelled_run_leaves_no_user_behind) {
    scenario what = short_run(4);
    what.executor = ramping_users{4, {{1h, 4}}};
    const auto ended = run_task(io, with_timeout(run(what), after(500ms)));
    EXPECT_FALSE(ended.has_value());
    EXPECT_GT(service.requests.size(), 4U);
}

TEST_F(load_run, nobody_there_is_told_before_the_start) {
    scenario what = short_run();
    run_task(io, service.stop());
    try {
        run_to_its_end(what);
        FAIL() << "a run against nobody";
    } catch (const error& failure) {
        EXPECT_EQ(failure.kind(), fault::unavailable);
        EXPECT_THAT(failure.what(), testing::HasSubstr(what.service.describe()));
    }
}

TEST_F(load_run, a_scenario_without_users_or_time_is_refused) {
    scenario nobody = short_run(0);
    EXPECT_THROW(generator(io.get_executor(), nobody), bad_scenario);
    scenario no_time = short_run(1, 0ms);
    EXPECT_THROW(generator(io.get_executor(), no_time), bad_scenario);
}

TEST_F(load_run, ends_when_a_threshold_is_crossed_that_is_to_end_it) {
    service.claims.assign(10'000, answer(409, "sold-out"));
    scenario what = short_run();
    what.executor = ramping_users{1, {{1h, 1}}};
    what.thresholds = {stats::threshold::parse("http_req_failed{name:claim}:rate<0.5"),
                       stats::threshold::parse("coupon_issue_success_rate:rate>0.8")};
    what.thresholds[1].abort_from = 1500ms;
    const run_result done = run_to_its_end(what);
    EXPECT_EQ(done.ended, ending::aborted);
    EXPECT_GE(done.summary.duration, 1500ms);
    EXPECT_TRUE(done.summary.any_crossed());
}

/// One sign-up in 1.2 s: fewer than one a second, though the first look at it was due after one.
TEST_F(load_run, judges_a_threshold_at_the_time_that_has_passed) {
    service.on_claim = [&] {
        if (service.count(claim_path_of_test) == 1) block(1200ms);
    };
    scenario what = short_run(1, 1100ms);
    what.thresholds = {stats::threshold::parse("http_reqs{name:signup}:rate<1")};
    what.thresholds[0].abort_from = 0ms;
    EXPECT_EQ(run_to_its_end(what).ended, ending::whole);
    EXPECT_EQ(service.count(sign_up_path), 1U);
}

TEST_F(load_run, has_taken_no_time_before_it_begins) {
    const generator one(io.get_executor(), short_run());
    EXPECT_EQ(one.progress().elapsed, 0ns);
}

}  // namespace
}  // namespace dibs::load
