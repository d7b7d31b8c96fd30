#include "torture/trouble.hpp"

#include <algorithm>

namespace dibs::torture {

std::string_view to_string(trouble what) {
    switch (what) {
        case trouble::none: return "none";
        case trouble::holder_paused: return "holder-paused";
        case trouble::holder_killed: return "holder-killed";
        case trouble::redis_restarted: return "redis-restarted";
        case trouble::redis_paused: return "redis-paused";
        case trouble::flushall: return "flushall";
        case trouble::failover: return "failover";
        case trouble::evicted: return "evicted";
        case trouble::busy_script: return "busy-script";
        case trouble::connections_cut: return "connections-cut";
        case trouble::link_slow: return "link-slow";
        case trouble::link_dead: return "link-dead";
        case trouble::messages_lost: return "messages-lost";
        case trouble::redis_full: return "redis-full";
        case trouble::clock_forward: return "clock-forward";
        case trouble::clock_backward: return "clock-backward";
        case trouble::postgres_killed: return "postgres-killed";
        case trouble::postgres_paused: return "postgres-paused";
        case trouble::postgres_full: return "postgres-full";
        case trouble::masters_hung: return "masters-hung";
        case trouble::masters_killed: return "masters-killed";
        case trouble::masters_failing: return "masters-failing";
        case trouble::masters_forgetful: return "masters-forgetful";
        case trouble::clocks_forward: return "clocks-forward";
    }
    return "unknown";
}

std::optional<trouble> trouble_from(std::string_view word) {
    const auto found = std::ranges::find(all_troubles, word, [](trouble one) { return to_string(one); });
    if (found == all_troubles.end()) return std::nullopt;
    return *found;
}

}  // namespace dibs::torture
