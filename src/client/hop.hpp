#pragma once

#include "core/asio.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace dibs::detail {

/// Runs `work` on `executor`, for a caller that may be on another. A cancellation goes there as a message
/// that owns what it emits: Asio 1.81's own refers to the caller's slot, which may be gone when it arrives.
template <class T>
task<T> run_on(asio::any_io_executor executor, task<T> work) {
    const auto here = co_await asio::this_coro::executor;
    if (here == executor) co_return co_await std::move(work);
    const auto stop = std::make_shared<asio::cancellation_signal>();
    const asio::cancellation_state caller = co_await asio::this_coro::cancellation_state;
    asio::cancellation_slot cancelled = caller.slot();
    if (cancelled.is_connected())
        cancelled.assign([executor, stop](asio::cancellation_type how) {
            asio::post(executor, [stop, how] { stop->emit(how); });
        });
    auto stoppable = asio::bind_cancellation_slot(stop->slot(), asio::use_awaitable);
    co_return co_await asio::co_spawn(executor, std::move(work), stoppable);
}

}  // namespace dibs::detail
