#pragma once

#include <chrono>

namespace dibs::sandbox {

using clock = std::chrono::steady_clock;

/// Waits until a descriptor is readable: a pidfd is when its process has ended. False: the time came first.
bool await_readable(int descriptor, clock::time_point until);

}  // namespace dibs::sandbox
