#pragma once

#include "core/asio.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <future>
#include <stdexcept>
#include <utility>

namespace dibs::tests {

/// Runs a coroutine, and whatever else `io` has, until the coroutine ends; throws what it throws. One that
/// does not end in time fails its test with std::runtime_error and goes with `io`.
template <class T>
T run_task(asio::io_context& io, task<T> work, std::chrono::seconds limit = std::chrono::seconds(30)) {
    std::future<T> result = asio::co_spawn(io, std::move(work), asio::use_future);
    const auto ended = [&] { return result.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
    const auto until = after(limit);
    io.restart();
    while (!ended() && io.run_one_until(until) > 0) {
    }
    if (!ended()) throw std::runtime_error("the coroutine under test did not end in time");
    return result.get();
}

}  // namespace dibs::tests
