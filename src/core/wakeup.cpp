#include "core/wakeup.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dibs {

void wakeup::wake() {
    woken_ = true;
    timer_.cancel();
}

task<bool> wakeup::wait_until(deadline until) {
    if (!woken_) {
        timer_.expires_at(until);
        boost::system::error_code ended;
        // What redirect_error(use_awaitable) does, without a second coroutine for each who waits.
        auto wait = [this, &ended](auto handler) {
            const auto slot = asio::get_associated_cancellation_slot(handler);
            auto resume = [&ended, handler = std::move(handler)](boost::system::error_code how) mutable {
                ended = how;
                std::move(handler)();
            };
            timer_.async_wait(asio::bind_cancellation_slot(slot, std::move(resume)));
        };
        co_await asio::async_initiate<const asio::deferred_t, void()>(wait, asio::deferred);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (!woken_ && state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return std::exchange(woken_, false);
}

}  // namespace dibs
