#pragma once

#include "core/asio.hpp"

#include <string>
#include <vector>

namespace dibs::torture {

/// Where users of locks leave things behind.
struct places {
    std::vector<std::string> redis;
    std::string postgres;
};

/// What is still there at `until`, a sentence each, when no user of a lock is: keys on the Redis servers (but
/// counters of tokens, which end by themselves), connections to them, sessions of PostgreSQL. Returns as soon
/// as there is nothing. Throws dibs::error for a server that does not answer.
std::vector<std::string> leftovers(const places& where, deadline until);

}  // namespace dibs::torture
