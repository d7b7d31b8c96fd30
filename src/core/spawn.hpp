#pragma once

#include "core/asio.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <exception>
#include <functional>

namespace dibs {

/// Called when a coroutine ends, with what it threw or null.
using on_end = std::function<void(std::exception_ptr)>;

/// Starts a coroutine that nobody awaits. `stop` cancels it. Without `ended` its failure goes unheard.
///
/// One instantiation of asio::co_spawn for all of dibs: each of another type costs a second of compilation.
void spawn(const asio::any_io_executor& executor, task<void> work, on_end ended = {});
void spawn(const asio::any_io_executor& executor, task<void> work, asio::cancellation_slot stop,
           on_end ended = {});

}  // namespace dibs
