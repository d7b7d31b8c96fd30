#include "cli/bench/bench_run.hpp"

#include "cli/say.hpp"
#include "core/run.hpp"
#include "core/timeout.hpp"
#include "load/description.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <csignal>
#include <utility>

namespace dibs::cli {
namespace {

std::chrono::nanoseconds length_of(const experiment::profile& profile) {
    std::chrono::nanoseconds sum{0};
    for (const auto& stage : profile.stages) sum += stage.length;
    return sum;
}

std::string told_of(const experiment::run_outline& run) {
    return fmt::format("{} in round {}: claim p95 {:.1f} ms, {} issued, {}", run.strategy, run.round,
                       run.claim_p95_ms, run.issued, run.correct ? "exact" : "NOT what the database holds");
}

}  // namespace

bench_run::bench_run(experiment::service_under_test service, const std::string& postgres,
                     experiment::service_processes& processes, const experiment::results_folder& results,
                     experiment::bench_outline& bench)
    : signals_(io_, SIGINT, SIGTERM),
      database_(io_.get_executor(), postgres),
      processes_(processes),
      results_(results),
      bench_(bench),
      runner_(database_, std::move(service),
              [this](const load::run_progress& now, const experiment::run_samples& so_far) {
                  show(now, so_far);
              }) {
    now_.profile = bench.ran.name;
    now_.rounds = bench.ran.rounds;
    now_.runs = bench.runs.size() + bench.missing().size();
    pace_.length = length_of(bench.ran);
    pace_.runs_after = bench.missing().size();
}

bench_run::ending bench_run::run() {
    view_.emplace();
    run_to_end(io_, until_signal());
    view_.reset();
    say("{}", remarks_);
    return interrupted_ ? ending::interrupted : ending::finished;
}

task<void> bench_run::until_signal() {
    const auto told_to_end = [](asio::signal_set& signals) -> task<void> {
        co_await signals.async_wait(asio::use_awaitable);
        signals.clear();  // the next one does what signals do
    };
    const auto first = co_await first_of(run_all(), told_to_end(signals_));
    interrupted_ = first == 1;
}

task<void> bench_run::run_all() {
    auto left = bench_.missing();
    for (auto& planned : left) co_await run_one(std::move(planned));
}

task<void> bench_run::run_one(experiment::planned_run planned) {
    now_.round = planned.round;
    now_.strategy = planned.strategy;
    now_.run = bench_.runs.size() + 1;
    --pace_.runs_after;
    run_began_ = steady::now();
    // the same users in every run of a round
    const auto seed = bench_.seed + static_cast<std::uint64_t>(planned.round);
    const auto record = co_await runner_.run(std::move(planned), bench_.ran.stages, seed);
    processes_.check_running();
    results_.add(record, bench_);
    pace_.made.push_back(steady::now() - run_began_);
    now_.last = told_of(bench_.runs.back());
    const auto warning = load::bottleneck_warning(record.load.generator);
    if (!warning.empty())
        remarks_ += fmt::format("dibs bench: {} in round {}: {}\n", now_.strategy, now_.round, warning);
}

void bench_run::show(const load::run_progress& now, const experiment::run_samples& so_far) {
    const auto& latencies = so_far.latencies();
    const auto second = so_far.last_second();
    now_.elapsed = now.elapsed;
    now_.length = now.length;
    now_.users = now.users;
    now_.most_users = now.peak;
    now_.claims_per_s = second.claims;
    now_.claim_p95_ms.reset();
    if (!latencies.claim.empty()) now_.claim_p95_ms = latencies.claim.percentile(0.95);
    now_.issued = latencies.claim_issued.count();
    now_.failed = now.counts.failed_requests;
    now_.left = pace_.left(steady::now() - run_began_);
    view_->show(now_);
}

}  // namespace dibs::cli
