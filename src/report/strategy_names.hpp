#pragma once

#include <array>
#include <string>
#include <string_view>

namespace dibs::report {

/// The strategies of the published experiment, in its order.
inline constexpr std::array<std::string_view, 6> published_strategies{"database", "spinlock", "pubsub",
                                                                      "queue",    "fencing",  "redlock"};

/// The strategy's name for a heading or an argument: `spin` and `Spinlock` are `spinlock`. Other names stay
/// as they are, without the spaces around them.
std::string strategy_named(std::string_view word);

bool is_published(std::string_view strategy);

/// As rankings show it: `Database Lock`, `Pub/Sub`; other names as they are.
std::string_view display_name(std::string_view strategy);

/// For sorting: the published ones in their order, all others behind them.
std::size_t canonical_place(std::string_view strategy);

}  // namespace dibs::report
