#pragma once

#include "core/asio.hpp"

#include <boost/asio/steady_timer.hpp>

namespace dibs {

/// A one-shot signal that any number of coroutines of one executor may await. Not thread-safe.
class event {
   public:
    explicit event(const asio::any_io_executor& executor) : timer_(executor, deadline::max()) {}

    void set();
    bool is_set() const { return set_; }

    task<void> wait();
    /// True when the event was set, false when the deadline came first.
    task<bool> wait_until(deadline until);

   private:
    asio::steady_timer timer_;  // never expires: set() cancels whoever waits on it
    bool set_ = false;
};

}  // namespace dibs
