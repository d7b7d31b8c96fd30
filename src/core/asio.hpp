#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>

/// The words of Asio as dibs uses them.
namespace dibs {

namespace asio = boost::asio;

/// A coroutine that runs on the executor of whoever awaits or spawns it.
template <class T>
using task = asio::awaitable<T>;

using steady = std::chrono::steady_clock;
/// A point on the steady clock at which a wait ends.
using deadline = steady::time_point;

inline deadline after(steady::duration time) { return steady::now() + time; }

/// Of the time until then, where so many things are still to be tried.
inline deadline share_of(deadline until, std::size_t tries) {
    return after((until - steady::now()) / static_cast<steady::rep>(tries));
}

}  // namespace dibs
