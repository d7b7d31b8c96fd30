#include "core/wakeup.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

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
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (!woken_ && state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return std::exchange(woken_, false);
}

}  // namespace dibs
