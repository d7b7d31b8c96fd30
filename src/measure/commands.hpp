#pragma once

#include "measure/figure.hpp"
#include "measure/user.hpp"
#include "sandbox/servers.hpp"

#include <boost/asio/io_context.hpp>

#include <vector>

/// How many commands a lock and unlock of a free lock cost, as the servers see them arrive.
namespace dibs::measure {

/// Counted over many cycles on every one of these servers; a mean.
double commands_per_cycle(asio::io_context& io, user& who, const std::vector<std::string>& redis_urls);

/// commands_per_cycle (queue), and commands_per_cycle_redlock for each of its masters.
figure measure_commands(sandbox::servers& on);
figure measure_redlock_commands(sandbox::servers& on);

}  // namespace dibs::measure
