#pragma once

#include <dibs/lock.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace dibs::coupon {

/// How a claim keeps the others out: one of the locks, or one of two that take none. `cas` leaves it to one
/// conditional statement; `batch` makes the claims of a coupon that arrive while one commit is under way
/// together in the next, in one transaction that begins with the coupon's row.
enum class strategy { database, spinlock, pubsub, queue, fencing, redlock, cas, batch };

inline constexpr std::array all_strategies{strategy::database, strategy::spinlock, strategy::pubsub,
                                           strategy::queue,    strategy::fencing,  strategy::redlock,
                                           strategy::cas,      strategy::batch};

std::string_view to_string(strategy kind);
/// Empty for a word that names no strategy.
std::optional<strategy> strategy_from(std::string_view word);
/// The lock that the strategy takes; empty for `cas` and `batch`.
std::optional<algorithm> lock_of(strategy kind);

}  // namespace dibs::coupon
