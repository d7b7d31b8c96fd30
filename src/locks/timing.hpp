#pragma once

#include "core/asio.hpp"

#include <algorithm>

/// The times that the lock algorithms share.
namespace dibs::locks {

/// A waiter that Redis has not heard of for a second is dead (scripts/grants.lua): it is told thrice as
/// often.
inline constexpr std::chrono::milliseconds heartbeat_interval{300};

/// What follows a wait or a hold (a release, a withdrawal) has this long, whatever became of its caller.
inline constexpr std::chrono::seconds clean_up_time{5};

/// Who closes waits so long for what is being cleaned up.
inline constexpr std::chrono::seconds closing_time{1};

/// What is kept for a name (a subscription, its gate) outlives its last use by this.
inline constexpr std::chrono::seconds idle_name_time{10};

/// A request of a wait that is nearly over still gets time to be answered, or no try could ever succeed.
inline constexpr std::chrono::milliseconds least_answer_time{500};

inline deadline answer_deadline(deadline wait_ends) { return std::max(wait_ends, after(least_answer_time)); }

}  // namespace dibs::locks
