#include "core/task_group.hpp"

#include "core/spawn.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace dibs {

struct task_group::state {
    explicit state(const asio::any_io_executor& executor) : idle(executor, deadline::max()) {}
    asio::steady_timer idle;  // cancelled when the last coroutine ends
    std::size_t running = 0;
    std::exception_ptr first_failure;
};

task_group::task_group(const asio::any_io_executor& executor) : state_(std::make_shared<state>(executor)) {}
task_group::~task_group() = default;

std::size_t task_group::running() const { return state_->running; }

void task_group::spawn(task<void> work) {
    ++state_->running;
    dibs::spawn(state_->idle.get_executor(), std::move(work), [state = state_](std::exception_ptr failure) {
        if (failure && !state->first_failure) state->first_failure = std::move(failure);
        if (--state->running == 0) state->idle.cancel();
    });
}

task<void> task_group::join() {
    auto shared = state_;  // outlives a group that is destroyed meanwhile
    boost::system::error_code cancelled;
    while (shared->running > 0)
        co_await shared->idle.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (auto failure = std::exchange(shared->first_failure, nullptr)) std::rethrow_exception(failure);
}

}  // namespace dibs
