#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// The coupon service under load while everything that it stands on is killed, and what is left of it. See
/// docs/evidence.md.
namespace dibs::soak {

/// What is done to whom. Everything but a pause is a kill: SIGKILL, and a start after a while.
enum class blow_kind {
    kill_service,   ///< one process of `dibs serve`
    kill_redis,     ///< with all its data
    kill_master,    ///< one of redlock's, with all its data
    kill_postgres,  ///< the whole cluster, which recovers from its log
    pause_service   ///< SIGSTOP, and SIGCONT after a while, often longer than a lease
};
inline constexpr std::size_t blow_kinds = 5;

std::string_view to_string(blow_kind what);

struct blow {
    blow_kind what = blow_kind::kill_service;
    std::size_t which = 0;              ///< process or master, from 0
    double due = 0;                     ///< the share of the load at which it falls, 0 to 1
    std::chrono::milliseconds lasts{};  ///< until its victim is started, or goes on
};

struct blows_wanted {
    std::uint64_t seed = 0;
    std::size_t kills = 0;  ///< pauses come on top
    std::size_t services = 1;
    std::size_t masters = 5;
};

/// In the order in which they fall, spread over the whole load, each kind as often as its share. The same for
/// the same seed. Pure.
std::vector<blow> plan_blows(const blows_wanted& wanted);

}  // namespace dibs::soak
