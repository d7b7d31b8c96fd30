#pragma once

#include "core/asio.hpp"

#include <boost/asio/io_context.hpp>

namespace dibs {

/// Runs `io`, on this thread, until the coroutine ends, and throws what it threw.
void run_to_end(asio::io_context& io, task<void> work);

}  // namespace dibs
