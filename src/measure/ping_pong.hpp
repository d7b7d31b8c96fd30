#pragma once

#include "measure/crowd.hpp"

#include <optional>

namespace dibs::measure {

struct user_orders;

/// The floor of a hand-off between two processes, by blocking calls: whoever hears its channel publishes to
/// the other's and sends one command more. Grants are the messages that were heard. Empty: this process
/// listens only since the other began, whose first message it may have missed.
std::optional<crowd_report> ping_pong(const user_orders& orders);

/// The same with the scripts that the queue lock sends, by blocking calls; each holds the lock for as long as
/// it is told.
std::optional<crowd_report> script_ping_pong(const user_orders& orders);

}  // namespace dibs::measure
