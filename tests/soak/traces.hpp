#pragma once

#include "core/asio.hpp"
#include "locks/server_set.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace dibs::soak {

/// What users of locks leave at their servers, by what it is; nothing of it should stay.
using traces = std::map<std::string, std::int64_t>;

/// Keys without the tokens, which end by themselves; channels that are listened to; connections and sessions
/// beside our own.
task<traces> traces_at(locks::server_set& servers);

/// Cuts all connections of others to one server.
task<void> cut_connections(redis::connection& to, std::string kind);

}  // namespace dibs::soak
