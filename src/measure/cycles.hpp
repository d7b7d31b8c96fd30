#pragma once

#include "measure/plain_lock.hpp"
#include "measure/trial.hpp"
#include "measure/user.hpp"
#include "sandbox/servers.hpp"

#include <dibs/lock.hpp>

#include <cstddef>
#include <functional>

/// One who takes a free lock and gives it back. Everything runs on one core.
namespace dibs::measure {

/// Repeats of so many cycles, in µs each: by a coroutine, and by the plainest means.
trial cycles_by(asio::io_context& io, user& who, const cpu_meter& meter, std::size_t count);
trial cycles_by(plain_lock& who, const cpu_meter& meter, std::size_t count);
trial cycles_by(std::function<void()> cycle, const cpu_meter& meter, std::size_t count);

/// cycle_ALGORITHM: one coroutine with the library.
figure measure_cycle(sandbox::servers& on, algorithm kind, std::size_t repeats);
/// cycle_blocking: `queue` through dibs::mutex, from a plain thread.
figure measure_blocking_cycle(sandbox::servers& on, std::size_t repeats);

}  // namespace dibs::measure
