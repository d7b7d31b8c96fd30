#include "locks/background.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace dibs::locks {

void in_background(const asio::any_io_executor& executor, task<void> work) {
    asio::co_spawn(executor, std::move(work), [](const std::exception_ptr&) {});
}

}  // namespace dibs::locks
