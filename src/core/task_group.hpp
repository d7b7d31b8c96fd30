#pragma once

#include "core/asio.hpp"

#include <cstddef>
#include <exception>
#include <memory>

namespace dibs {

/// Coroutines that run beside their owner and are awaited by it. All of one executor; not thread-safe.
class task_group {
   public:
    explicit task_group(const asio::any_io_executor& executor);
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;
    /// Coroutines still running go on, unobserved: join() before.
    ~task_group();

    void spawn(task<void> work);
    std::size_t running() const;

    /// Waits until none is running and throws the first exception that any of them ended with.
    task<void> join();

   private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace dibs
