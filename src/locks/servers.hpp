#pragma once

#include "core/asio.hpp"

#include <memory>
#include <vector>

namespace dibs::redis {
class connection;
class subscriber;
}  // namespace dibs::redis

/// Connections as the locks share them: what a waiter or a holder leaves behind is cleaned up in the
/// background, and needs its server for as long as that takes.
namespace dibs::locks {

using redis_server = std::shared_ptr<redis::connection>;
using message_source = std::shared_ptr<redis::subscriber>;
using redis_masters = std::vector<redis_server>;

/// Throws dibs::error where it does not answer by then.
task<void> ping(redis::connection& server, deadline until);

}  // namespace dibs::locks
