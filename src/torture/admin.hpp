#pragma once

#include "redis/command.hpp"
#include "redis/reply.hpp"

#include <string>

namespace dibs::torture {

/// One command on a connection of its own; blocks, for 10 s at most. Throws dibs::error.
redis::reply ask(const std::string& redis_url, redis::command what);

}  // namespace dibs::torture
