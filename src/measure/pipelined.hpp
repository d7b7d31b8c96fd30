#pragma once

#include "measure/trial.hpp"
#include "measure/user.hpp"
#include "sandbox/servers.hpp"

#include <cstddef>

/// Many coroutines of one process, each with a free lock of its own.
namespace dibs::measure {

/// Cycles a second of all these users together, each doing `cycles_each`.
trial cycles_side_by_side(asio::io_context& io, const std::vector<std::unique_ptr<user>>& users,
                          const cpu_meter& meter, std::size_t cycles_each);

/// cycle_pipelined: 512 of them, against the same commands on the bare connection.
figure measure_pipelined_cycles(sandbox::servers& on, std::size_t repeats);

}  // namespace dibs::measure
