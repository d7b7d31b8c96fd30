#pragma once

#include "locks/grants.hpp"

#include <exception>

namespace dibs::locks {

/// Undoes in the background an attempt that may have been carried out, for a waiter that is gone. `cause`:
/// what its request ended with, if that was a failure. A connection lost on the way is killed first, so that
/// nothing of it can run later; where that is not allowed a ghost may hold the lock for one lease.
void withdraw(const asio::any_io_executor& executor, grants scripts, owner_id owner, terms wanted,
              const std::exception_ptr& cause);

}  // namespace dibs::locks
