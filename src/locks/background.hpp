#pragma once

#include "core/asio.hpp"

namespace dibs::locks {

/// Starts work that nobody waits for. It carries its own deadline, and its failure is of no consequence: what
/// it would have cleaned up ends with its lease.
void in_background(const asio::any_io_executor& executor, task<void> work);

}  // namespace dibs::locks
