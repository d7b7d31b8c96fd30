#include "core/event.hpp"

#include "core/timeout.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dibs {

void event::set() {
    set_ = true;
    timer_.cancel();
}

task<void> event::wait() {
    boost::system::error_code ended;
    while (!set_) {
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
        auto state = co_await asio::this_coro::cancellation_state;
        if (!set_ && state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error(asio::error::operation_aborted);
    }
}

task<bool> event::wait_until(deadline until) {
    if (set_) co_return true;
    co_await with_timeout(wait(), until);
    co_return set_;
}

}  // namespace dibs
