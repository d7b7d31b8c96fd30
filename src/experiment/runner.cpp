#include "experiment/runner.hpp"

#include "core/task_group.hpp"
#include "core/wakeup.hpp"
#include "coupon/inventory.hpp"
#include "experiment/machine.hpp"
#include "http/client.hpp"
#include "load/burst.hpp"
#include "load/description.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace dibs::experiment {
namespace {

constexpr std::chrono::seconds database_time{60};
constexpr std::chrono::seconds figures_time{10};

const coupon::coupon_spec loaded{.id = "test-coupon-1", .code = "K6LOADTEST", .stock = load_stock};
const coupon::coupon_spec fought_over{.id = "sell-out-1", .code = "K6LOADTEST", .stock = burst_stock};

load::visit visit_of(const coupon::coupon_spec& coupon, std::string strategy) {
    load::visit does;
    does.coupon = {coupon.id, coupon.code};
    does.strategy = std::move(strategy);
    return does;
}

/// Notes a run's users four times a second, and reports every second, until `ended` wakes it.
task<void> report(const load::generator& running, run_recording& into, wakeup& ended,
                  const runner::watcher& watch) {
    for (int looks = 1;; ++looks) {
        const bool over = co_await ended.wait_until(after(std::chrono::milliseconds(250)));
        if (over) co_return;
        const auto now = running.progress();
        into.users(now.users);
        if (looks % 4 == 0) watch(now, into.samples());
    }
}

task<std::string> figures_of(std::uint16_t port) {
    http::client_connection line(co_await asio::this_coro::executor, "127.0.0.1", port);
    http::client_request asked;
    asked.target = "/lock-times";
    const auto told = co_await line.send(asked, after(figures_time));
    line.close();
    if (told.status != 200)
        throw std::runtime_error(fmt::format("dibs serve does not tell its figures on port {}: {} {}", port,
                                             told.status, told.error));
    co_return told.body;
}

}  // namespace

runner::runner(postgres::pool& database, service_under_test service, watcher watch)
    : database_(database), service_(std::move(service)), watch_(std::move(watch)) {}

task<run_record> runner::run(planned_run planned, std::vector<load::stage> stages, std::uint64_t seed) {
    co_await coupon::reset_coupon(database_, loaded, after(database_time));
    co_await coupon::reset_coupon(database_, fought_over, after(database_time));

    load::scenario plan;
    plan.service = service_.address;
    plan.does = visit_of(loaded, planned.strategy);
    plan.executor = load::ramping_users{1, std::move(stages)};
    plan.seed = seed;

    run_record record;
    record.plan = std::move(planned);
    record.started = utc_now();
    co_await put_under_load(std::move(plan), record);
    const auto held = co_await coupon::reconcile(database_, loaded.id, after(database_time));
    const auto& claims = record.load.claims;
    record.books = reconcile(claims.acknowledged, claims.count(load::outcome::in_doubt), held);
    record.burst = co_await sell_out_at_once(record.plan.strategy);
    co_return record;
}

task<void> runner::put_under_load(load::scenario plan, run_record& into) {
    const auto& strategy = into.plan.strategy;
    const auto lock_before = co_await times_of_lock(strategy);
    const auto cpu_before = read_cpu(service_.whose);
    run_samples samples;
    into.load = co_await generate(plan, samples);
    auto& seen = into.measures;
    seen.cpu = read_cpu(service_.whose).since(cpu_before);
    seen.whose = service_.whose;
    const auto lock_after = co_await times_of_lock(strategy);
    if (lock_after) seen.lock = lock_after->since(*lock_before);
    seen.latencies = samples.latencies();
    seen.seconds = samples.seconds();
    seen.order_of_service = samples.order_of_service();
    into.scenario = load::describe_scenario(plan);
}

task<load::run_result> runner::generate(load::scenario plan, run_samples& into) {
    const auto executor = co_await asio::this_coro::executor;
    load::generator generator(executor, std::move(plan));
    run_recording recording;
    generator.tell(recording);
    wakeup ended(executor);
    task_group watching(executor);
    watching.spawn(report(generator, recording, ended, watch_));
    std::exception_ptr failure;
    load::run_result result;
    try {
        result = co_await generator.run();
    } catch (...) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state();
    ended.wake();
    co_await watching.join();
    if (failure) std::rethrow_exception(failure);
    into = recording.samples();
    co_return result;
}

/// Of all processes together, so far.
task<std::optional<page::lock_times>> runner::times_of_lock(std::string strategy) {
    const auto kind = algorithm_from(strategy);
    if (!kind) co_return std::nullopt;
    page::lock_times sum;
    for (const auto port : service_.figures_ports) {
        const auto told = co_await figures_of(port);
        const auto all = page::lock_times_from(told);
        if (const auto found = all.find(*kind); found != all.end()) sum.merge(found->second);
    }
    co_return sum;
}

task<sell_out> runner::sell_out_at_once(std::string strategy) {
    load::burst_options options;
    options.service = service_.address;
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
