#pragma once

#include "core/asio.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace dibs {

/// Runs both until one ends, cancels the other and waits for its end too. Returns which was the first, 0 or
/// 1; throws what the first threw.
task<std::size_t> first_of(task<void> one, task<void> other);

/// Runs `work` until it ends or the deadline comes, and then cancels it. True: it ended in time. Throws what
/// it throws, as soon as it does.
task<bool> with_timeout(task<void> work, deadline until);

/// Runs `work` and puts what it returns into `result`, which must outlive it.
template <class T>
task<void> keep(task<T> work, std::optional<T>& result) {
    result.emplace(co_await std::move(work));
}

/// The same for work with a result. Empty: the deadline came first.
template <class T>
task<std::optional<T>> with_timeout(task<T> work, deadline until) {
    std::optional<T> result;
    const bool in_time = co_await with_timeout(keep(std::move(work), result), until);
    if (!in_time) result.reset();
    co_return result;
}

}  // namespace dibs
