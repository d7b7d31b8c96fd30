#include "soak/striker.hpp"

#include <algorithm>
#include <chrono>

namespace dibs::soak {
namespace {

bool hits_service(const blow& one) {
    return one.what == blow_kind::kill_service || one.what == blow_kind::pause_service;
}

bool same_victim(const blow& one, const blow& other) {
    const bool alike = one.what == other.what || (hits_service(one) && hits_service(other));
    return alike && one.which == other.which;
}

}  // namespace

void striker::strike(const blow& what) {
    heal_if([&](const open_blow& one) { return same_victim(one.what, what); });
    switch (what.what) {
        case blow_kind::kill_service: serving_.kill(what.which); break;
        case blow_kind::kill_redis: box_.redis().kill(); break;
        case blow_kind::kill_master: box_.redis_master(what.which).kill(); break;
        case blow_kind::kill_postgres: box_.postgres().kill(); break;
        case blow_kind::pause_service: serving_.pause(what.which); break;
    }
    open_.push_back({what, after(what.lasts)});
}

void striker::heal_due() {
    heal_if([now = steady::now()](const open_blow& one) { return one.ends <= now; });
}

void striker::heal_all() {
    heal_if([](const open_blow& /*any*/) { return true; });
}

void striker::heal_if(const std::function<bool(const open_blow&)>& which) {
    const auto healed = std::ranges::partition(open_, [&](const open_blow& one) { return !which(one); });
    const std::vector<open_blow> over(healed.begin(), healed.end());
    open_.erase(healed.begin(), healed.end());
    // A service starts only where all servers are there.
    const bool starts_service = std::ranges::any_of(
        over, [](const open_blow& one) { return one.what.what == blow_kind::kill_service; });
    if (starts_service) heal_if([](const open_blow& one) { return !hits_service(one.what); });
    for (const auto& one : over)
        if (!hits_service(one.what)) heal(one.what);
    for (const auto& one : over)
        if (hits_service(one.what)) heal(one.what);
}

void striker::heal(const blow& one) {
    switch (one.what) {
        case blow_kind::kill_service: return serving_.replace(one.which);
        case blow_kind::kill_redis: return box_.redis().start();
        case blow_kind::kill_master: return box_.redis_master(one.which).start();
        case blow_kind::kill_postgres: return box_.postgres().start();
        case blow_kind::pause_service: return serving_.resume(one.which);
    }
}

}  // namespace dibs::soak
