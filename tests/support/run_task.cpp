#include "tests/support/run_task.hpp"

#include <exception>
#include <stdexcept>

namespace dibs::tests {

void run_task(asio::io_context& io, task<void> work, std::chrono::seconds limit) {
    const auto done = std::make_shared<std::optional<std::exception_ptr>>();
    spawn(io.get_executor(), std::move(work),
          [done](std::exception_ptr failed) { *done = std::move(failed); });
    const auto until = after(limit);
    io.restart();
    while (!done->has_value() && io.run_one_until(until) > 0) {
    }
    if (!done->has_value()) throw std::runtime_error("the coroutine under test did not end in time");
    if (**done) std::rethrow_exception(**done);
}

}  // namespace dibs::tests
