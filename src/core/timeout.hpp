#pragma once

#include "core/asio.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <utility>

namespace dibs {

/// Runs `work` until it ends or the deadline comes, and then cancels it. Empty: the deadline came first.
template <class T>
task<std::optional<T>> with_timeout(task<T> work, deadline until) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer limit(co_await asio::this_coro::executor, until);
    auto first = co_await (std::move(work) || limit.async_wait(asio::use_awaitable));
    if (first.index() == 1) co_return std::nullopt;
    co_return std::get<0>(std::move(first));
}

/// The same for work without a result. True: it ended in time.
inline task<bool> with_timeout(task<void> work, deadline until) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer limit(co_await asio::this_coro::executor, until);
    co_return (co_await (std::move(work) || limit.async_wait(asio::use_awaitable))).index() == 0;
}

}  // namespace dibs
