#include "load/generator.hpp"

#include "core/random.hpp"
#include "core/timeout.hpp"
#include "http/client.hpp"
#include "load/stage.hpp"

#include <dibs/error.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;

/// Asked before the run, so that a wrong address or strategy is told at once and not counted as failures. A
/// service that answers anything at all will do.
task<void> examine(const scenario& asked) {
    const service_address& service = asked.service;
    http::client_connection line(co_await asio::this_coro::executor, service.host, service.port);
    http::client_request question;
    question.target = "/healthz";
    const http::client_response answer = co_await line.send(question, after(5s));
    if (answer.status == 0) throw error(fault::unavailable, service.describe(), "GET /healthz", answer.error);
    const std::vector<std::string> offered = strategies_in(answer.body);
    const std::string& wanted = asked.does.strategy;
    if (!wanted.empty() && !offered.empty() && std::ranges::find(offered, wanted) == offered.end())
        throw bad_scenario(fmt::format("{} has no strategy '{}'; it offers {}", service.describe(), wanted,
                                       fmt::join(offered, ", ")));
}

}  // namespace

generator::generator(asio::any_io_executor executor, scenario asked)
    : executor_(std::move(executor)),
      plan_(std::move(asked)),
      records_(plan_),
      context_{executor_,
               plan_,
               random_hex(6),
               records_,
               [this](virtual_user& user, const std::exception_ptr& failed) { user_ended(user, failed); },
               wakeup(executor_)},
      driver_(make_driver(context_)),
      length_(driver_->length()),
      most_users_(driver_->most_users()) {}

generator::~generator() = default;

void generator::interrupt() { end(ending::interrupted); }

/// The first reason is what counts.
void generator::end(ending how) {
    if (ended_ == ending::whole) ended_ = how;
    context_.end();
}

run_progress generator::progress() const {
    run_progress now;
    if (context_.begin != steady::time_point{}) now.elapsed = steady::now() - context_.begin;
    now.length = length_;
    now.users = context_.alive;
    now.peak = most_users_;
    now.counts = records_.counts();
    return now;
}

task<run_result> generator::run() {
    co_await examine(plan_);
    context_.begin = steady::now();
    lag_probe probe;
    co_await first_of(follow_schedule(), observe(probe));
    // and with it the users' connections, which would keep the executor from running out of work
    driver_.reset();
    if (failed_) std::rethrow_exception(failed_);
    run_result result;
    result.summary = records_.summary(steady::now() - context_.begin);
    result.generator = probe.report();
    result.generator.start_lag_p99 = records_.start_lag(0.99);
    result.interrupted_iterations = records_.counts().interrupted;
    result.dropped_iterations = records_.counts().dropped;
    result.first_failure = records_.first_failure();
    result.ended = ended_;
    result.claims = records_.take_claims();
    co_return result;
}

/// However the driver ends, by a cancellation too, no user is left when this returns.
task<void> generator::follow_schedule() {
    try {
        co_await driver_->drive();
    } catch (...) {
        failed_ = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state();
    driver_->cut_all();
    while (context_.alive > 0) co_await context_.changed.wait_until(deadline::max());
}

void generator::user_ended(virtual_user& user, const std::exception_ptr& failed) {
    if (!user.alive()) driver_->ended(user);
    if (failed && !failed_) failed_ = failed;
    if (failed_) context_.end();
    if (context_.alive == 0) context_.changed.wake();
}

task<void> generator::observe(lag_probe& probe) { co_await first_of(probe.beat(), count_users()); }

task<void> generator::count_users() {
    asio::steady_timer timer(executor_);
    for (steady::time_point due = context_.begin + 1s;; due += 1s) {
        timer.expires_at(due);
        co_await timer.async_wait(asio::use_awaitable);
        records_.users(context_.alive, driver_->users());
        if (records_.abort_reason(steady::now() - context_.begin) != nullptr) end(ending::aborted);
    }
}

task<run_result> run(scenario plan) {
    const auto executor = co_await asio::this_coro::executor;
    generator one(executor, std::move(plan));
    run_result result = co_await one.run();
    co_return result;
}

}  // namespace dibs::load
