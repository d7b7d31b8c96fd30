#include "load/lag.hpp"

#include "stats/sinks.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/resource.h>

#include <algorithm>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;

constexpr auto beat_every = 10ms;
/// More than this beside the 50 ms that a claim may take would decide the result.
constexpr std::chrono::nanoseconds tolerable_lag = 20ms;
constexpr double tolerable_share = 0.9;

std::chrono::nanoseconds cpu_time_of_this_thread() {
    rusage used{};
    getrusage(RUSAGE_THREAD, &used);
    const auto spent = [](const timeval& part) {
        return std::chrono::seconds(part.tv_sec) + std::chrono::microseconds(part.tv_usec);
    };
    return spent(used.ru_utime) + spent(used.ru_stime);
}

}  // namespace

bool generator_report::was_bottleneck() const {
    return std::max(lag_p99, start_lag_p99) > tolerable_lag || was_saturated();
}

bool generator_report::was_saturated() const { return cpu_share > tolerable_share; }

lag_probe::lag_probe() : begin_(steady::now()), cpu_before_(cpu_time_of_this_thread()) {}

task<void> lag_probe::beat() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    steady::time_point due = begin_ + beat_every;
    for (;;) {
        timer.expires_at(due);
        co_await timer.async_wait(asio::use_awaitable);
        due = record_until(due, steady::now());
    }
}

// All at the wake that finds them: taken one a wake they would fall behind for good.
steady::time_point lag_probe::record_until(steady::time_point due, steady::time_point now) {
    for (; due <= now; due += beat_every)
        lags_.add(std::chrono::duration<double, std::milli>(now - due).count());
    return due;
}

generator_report lag_probe::report() const {
    const auto lag = [this](double share) {
        const std::chrono::duration<double, std::milli> late(lags_.percentile(share));
        return std::chrono::round<std::chrono::nanoseconds>(late);
    };
    const std::chrono::duration<double> wall = steady::now() - begin_;
    const std::chrono::duration<double> cpu = cpu_time_of_this_thread() - cpu_before_;
    generator_report seen;
    seen.lag_median = lag(0.5);
    seen.lag_p99 = lag(0.99);
    seen.lag_worst = lag(1);
    seen.cpu_share = wall.count() > 0 ? cpu / wall : 0;
    return seen;
}

}  // namespace dibs::load
