#include "torture/contract.hpp"

namespace dibs::torture {
namespace {

/// A row of the contract; empty: not touched.
struct row {
    std::optional<promise> database;
    std::optional<promise> leased;  // spinlock, pubsub, queue
    std::optional<promise> fencing;
    std::optional<promise> redlock;
};

row promises_under(trouble what) {
    constexpr auto live = promise::live;
    constexpr auto safe = promise::safe;
    constexpr auto unsafe = promise::unsafe;
    switch (what) {
        case trouble::none:
        case trouble::holder_killed: return {live, live, live, live};
        case trouble::holder_paused: return {safe, unsafe, safe, unsafe};
        case trouble::redis_restarted:
        case trouble::flushall:
        case trouble::failover:
        case trouble::evicted:
        case trouble::redis_paused:
        case trouble::busy_script:
        case trouble::link_dead:
        case trouble::clock_forward: return {{}, unsafe, safe, {}};
        case trouble::connections_cut:
        case trouble::link_slow:
        case trouble::messages_lost:
        case trouble::redis_full:
        case trouble::clock_backward: return {{}, live, live, {}};
        case trouble::postgres_killed:
        case trouble::postgres_paused: return {safe, {}, live, {}};
        case trouble::postgres_full: return {live, {}, live, {}};
        case trouble::masters_hung:
        case trouble::masters_killed:
        case trouble::masters_failing: return {{}, {}, {}, live};
        case trouble::masters_forgetful:
        case trouble::clocks_forward: return {{}, {}, {}, unsafe};
    }
    return {};
}

}  // namespace

bool servers_forget(trouble what) {
    const auto made = promises_under(what);
    const bool unsafe = made.leased == promise::unsafe || made.redlock == promise::unsafe;
    return unsafe && what != trouble::holder_paused;
}

std::string_view to_string(promise made) {
    switch (made) {
        case promise::live: return "live";
        case promise::safe: return "safe";
        case promise::unsafe: return "unsafe";
    }
    return "unknown";
}

std::optional<promise> promise_of(algorithm kind, trouble what) {
    const auto made = promises_under(what);
    switch (kind) {
        case algorithm::database: return made.database;
        case algorithm::fencing: return made.fencing;
        case algorithm::redlock: return made.redlock;
        case algorithm::spinlock:
        case algorithm::pubsub:
        case algorithm::queue: break;
    }
    return made.leased;
}

}  // namespace dibs::torture
