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

schedule plan_of(const scenario& asked) {
    schedule planned = plan(asked.start_users, asked.stages, asked.allowed);
    if (planned.peak == 0) throw bad_scenario("the stages never have a user");
    if (planned.length == 0ns) throw bad_scenario("the stages last no time at all");
    return planned;
}

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
      schedule_(plan_of(plan_)),
      records_(plan_.thresholds),
      context_{executor_, plan_, random_hex(6),
               records_,  0,     [this](const std::exception_ptr& failed) { user_ended(failed); }},
      changed_(executor_) {
    for (std::uint32_t number = 1; number <= schedule_.peak; ++number)
        users_.push_back(std::make_unique<virtual_user>(context_, number));
    const auto cuts = std::ranges::find_if(schedule_.steps.rbegin(), schedule_.steps.rend(),
                                           [](const step& one) { return one.what != turn::cut; });
    cuts_from_ = static_cast<std::size_t>(schedule_.steps.rend() - cuts);
}

generator::~generator() = default;

void generator::interrupt() {
    ended_ = ending::interrupted;
    changed_.wake();
}

run_progress generator::progress() const {
    run_progress now;
    now.elapsed = steady::now() - begin_;
    now.length = schedule_.length;
    now.users = context_.alive;
    now.peak = schedule_.peak;
    now.counts = records_.counts();
    return now;
}

task<run_result> generator::run() {
    co_await examine(plan_);
    begin_ = steady::now();
    lag_probe probe;
    co_await first_of(follow_schedule(), observe(probe));
    // and with them their connections, which would keep the executor from running out of work
    users_.clear();
    if (failed_) std::rethrow_exception(failed_);
    run_result result;
    result.summary = records_.summary(steady::now() - begin_);
    result.claims = records_.claims();
    result.generator = probe.report();
    result.interrupted_iterations = records_.counts().interrupted;
    result.first_failure = records_.first_failure();
    result.ended = ended_;
    co_return result;
}

/// However the steps end, by a cancellation too, no user is left when this returns.
task<void> generator::follow_schedule() {
    try {
        co_await carry_out_steps();
    } catch (...) {
        failed_ = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state();
    for (const auto& user : users_) user->apply(turn::cut);
    while (context_.alive > 0) co_await changed_.wait_until(deadline::max());
}

task<void> generator::carry_out_steps() {
    std::size_t position = 0;
    while (position < schedule_.steps.size() && goes_on()) {
        if (context_.alive == 0 && position >= cuts_from_) break;
        const step& next = schedule_.steps[position];
        if (steady::now() < begin_ + next.at) {
            co_await changed_.wait_until(begin_ + next.at);
            continue;
        }
        users_[next.user - 1]->apply(next.what);
        ++position;
    }
    // stages without users at the end take their time as well
    while (goes_on() && steady::now() < begin_ + schedule_.length)
        co_await changed_.wait_until(begin_ + schedule_.length);
}

void generator::user_ended(const std::exception_ptr& failed) {
    if (failed && !failed_) failed_ = failed;
    if (context_.alive == 0 || failed_) changed_.wake();
}

task<void> generator::observe(lag_probe& probe) { co_await first_of(probe.beat(), count_users()); }

task<void> generator::count_users() {
    asio::steady_timer timer(executor_);
    for (steady::time_point due = begin_ + 1s;; due += 1s) {
        timer.expires_at(due);
        co_await timer.async_wait(asio::use_awaitable);
        records_.users(context_.alive, schedule_.peak);
    }
}

task<run_result> run(scenario plan) {
    const auto executor = co_await asio::this_coro::executor;
    generator one(executor, std::move(plan));
    run_result result = co_await one.run();
    co_return result;
}

}  // namespace dibs::load
