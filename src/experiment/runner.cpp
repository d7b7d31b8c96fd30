#include "experiment/runner.hpp"

#include "core/task_group.hpp"
#include "core/wakeup.hpp"
#include "coupon/inventory.hpp"
#include "load/burst.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dibs::experiment {
namespace {

constexpr std::chrono::seconds database_time{60};

const coupon::coupon_spec loaded{.id = "test-coupon-1", .code = "K6LOADTEST", .stock = load_stock};
const coupon::coupon_spec fought_over{.id = "sell-out-1", .code = "K6LOADTEST", .stock = burst_stock};

load::visit visit_of(const coupon::coupon_spec& coupon, std::string strategy) {
    load::visit does;
    does.coupon = {coupon.id, coupon.code};
    does.strategy = std::move(strategy);
    return does;
}

/// Reports a run's progress every second until `ended` wakes it.
task<void> report(const load::generator& running, wakeup& ended, const runner::watcher& watch) {
    for (;;) {
        const bool over = co_await ended.wait_until(after(std::chrono::seconds(1)));
        if (over) co_return;
        watch(running.progress());
    }
}

}  // namespace

runner::runner(postgres::pool& database, load::service_address service, watcher watch)
    : database_(database), service_(std::move(service)), watch_(std::move(watch)) {}

task<run_record> runner::run(std::string strategy, int round, std::vector<load::stage> stages,
                             std::uint64_t seed) {
    co_await coupon::reset_coupon(database_, loaded, after(database_time));
    co_await coupon::reset_coupon(database_, fought_over, after(database_time));

    load::scenario plan;
    plan.service = service_;
    plan.does = visit_of(loaded, strategy);
    plan.stages = std::move(stages);
    plan.seed = seed;

    run_record record;
    record.strategy = strategy;
    record.round = round;
    record.load = co_await put_under_load(std::move(plan));
    const auto held = co_await coupon::reconcile(database_, loaded.id, after(database_time));
    const auto& claims = record.load.claims;
    record.books = reconcile(claims.acknowledged, claims.count(load::outcome::in_doubt), held);
    record.burst = co_await sell_out_at_once(std::move(strategy));
    co_return record;
}

task<load::run_result> runner::put_under_load(load::scenario plan) {
    const auto executor = co_await asio::this_coro::executor;
    load::generator generator(executor, std::move(plan));
    wakeup ended(executor);
    task_group watching(executor);
    watching.spawn(report(generator, ended, watch_));
    std::exception_ptr failure;
    load::run_result result;
    try {
        result = co_await generator.run();
    } catch (...) {
        failure = std::current_exception();
    }
    ended.wake();
    co_await watching.join();
    if (failure) std::rethrow_exception(failure);
    co_return result;
}

task<sell_out> runner::sell_out_at_once(std::string strategy) {
    load::burst_options options;
    options.service = service_;
    options.does = visit_of(fought_over, std::move(strategy));
    options.users = burst_users;
    const auto all = co_await load::burst(std::move(options));

    sell_out result;
    result.users = burst_users;
    result.issued = static_cast<std::int64_t>(all.count(load::outcome::issued));
    result.refused = static_cast<std::int64_t>(all.count(load::outcome::sold_out));
    result.other = result.users - result.issued - result.refused;
    std::vector<load::acknowledged_claim> acknowledged;
    for (const auto& claim : all.claims)
        if (claim.result.what == load::outcome::issued)
            acknowledged.push_back({claim.result.claim_id, claim.email});
    const auto held = co_await coupon::reconcile(database_, fought_over.id, after(database_time));
    result.books = reconcile(acknowledged, all.count(load::outcome::in_doubt), held);
    co_return result;
}

}  // namespace dibs::experiment
