#pragma once

#include "core/spawn.hpp"
#include "core/timeout.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <utility>

namespace dibs::tests {

/// Runs a coroutine, and whatever else `io` has, until the coroutine ends; throws what it throws. One that
/// does not end in time fails its test with std::runtime_error and goes with `io`.
void run_task(asio::io_context& io, task<void> work, std::chrono::seconds limit = std::chrono::seconds(30));

template <class T>
task<void> keep_shared(task<T> work, std::shared_ptr<std::optional<T>> result) {
    result->emplace(co_await std::move(work));
}

template <class T>
T run_task(asio::io_context& io, task<T> work, std::chrono::seconds limit = std::chrono::seconds(30)) {
    const auto result = std::make_shared<std::optional<T>>();
    run_task(io, keep_shared(std::move(work), result), limit);
    return std::move(**result);
}

template <class T>
task<void> fulfil(task<T> work, std::shared_ptr<std::promise<T>> promised) {
    if constexpr (std::is_void_v<T>) {
        co_await std::move(work);
        promised->set_value();
    } else {
        promised->set_value(co_await std::move(work));
    }
}

/// Starts a coroutine that runs whenever the executor does.
template <class T>
std::future<T> start_task(const asio::any_io_executor& executor, task<T> work) {
    auto promised = std::make_shared<std::promise<T>>();
    std::future<T> result = promised->get_future();
    spawn(executor, fulfil(std::move(work), promised), [promised](const std::exception_ptr& failed) {
        if (failed) promised->set_exception(failed);
    });
    return result;
}

}  // namespace dibs::tests
