#pragma once

#include <dibs/lock.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace dibs::coupon {

/// How a claim keeps the others out: one of the locks, or `cas`, which takes none and leaves it to one
/// conditional statement.
enum class strategy { database, spinlock, pubsub, queue, fencing, redlock, cas };

inline constexpr std::array all_strategies{strategy::database, strategy::spinlock, strategy::pubsub,
                                           strategy::queue,    strategy::fencing,  strategy::redlock,
                                           strategy::cas};

std::string_view to_string(strategy kind);
/// Empty for a word that names no strategy.
std::optional<strategy> strategy_from(std::string_view word);
/// The lock that the strategy takes; empty for `cas`.
std::optional<algorithm> lock_of(strategy kind);

}  // namespace dibs::coupon
