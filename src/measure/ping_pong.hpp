#pragma once

#include "measure/crowd.hpp"

namespace dibs::measure {

struct user_orders;

/// The floor of a hand-off between two processes, by blocking calls: whoever hears its channel publishes to
/// the other's and sends one command more. Grants are the messages that were heard.
crowd_report ping_pong(const user_orders& orders);

/// The same with the scripts that the queue lock sends, by blocking calls; each holds the lock for as long as
/// it is told.
crowd_report script_ping_pong(const user_orders& orders);

}  // namespace dibs::measure
