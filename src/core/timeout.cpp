#include "core/timeout.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace dibs {
namespace {

task<void> sleep_until(deadline until) {
    asio::steady_timer alarm(co_await asio::this_coro::executor, until);
    co_await alarm.async_wait(asio::use_awaitable);
}

}  // namespace

task<std::size_t> first_of(task<void> one, task<void> other) {
    // Not Asio's operator||, which goes on waiting for the other when the first throws.
    const auto executor = co_await asio::this_coro::executor;
    auto both =
        asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(one), asio::deferred),
                                                asio::co_spawn(executor, std::move(other), asio::deferred));
    const auto [order, failed_one, failed_other] =
        co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    const auto& failed = order[0] == 0 ? failed_one : failed_other;
    if (failed) std::rethrow_exception(failed);
    co_return order[0];
}

task<bool> with_timeout(task<void> work, deadline until) {
    const auto first = co_await first_of(std::move(work), sleep_until(until));
    co_return first == 0;
}

}  // namespace dibs
