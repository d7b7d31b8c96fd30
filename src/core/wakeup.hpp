#pragma once

#include "core/asio.hpp"

#include <boost/asio/steady_timer.hpp>

namespace dibs {

/// Wakes one coroutine, at most once each time it waits: an `event` for a single waiter, at the price of one
/// timer. A wake that comes before the wait is kept for it. Not thread-safe.
class wakeup {
   public:
    explicit wakeup(const asio::any_io_executor& executor) : timer_(executor) {}

    void wake();
    /// True: woken. False: the deadline came first. Throws when the caller is cancelled.
    task<bool> wait_until(deadline until);

   private:
    asio::steady_timer timer_;
    bool woken_ = false;
};

}  // namespace dibs
