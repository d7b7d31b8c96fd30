#pragma once

#include "core/asio.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace dibs::detail {

/// Runs `work` on `executor`, for a caller that may be on another.
template <class T>
task<T> run_on(asio::any_io_executor executor, task<T> work) {
    const auto here = co_await asio::this_coro::executor;
    if (here == executor) co_return co_await std::move(work);
    co_return co_await asio::co_spawn(executor, std::move(work), asio::use_awaitable);
}

}  // namespace dibs::detail
