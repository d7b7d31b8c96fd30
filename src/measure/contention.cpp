#include "measure/contention.hpp"

#include "measure/plain_lock.hpp"
#include "measure/standing.hpp"
#include "measure/trial.hpp"

#include <fmt/format.h>

#include <utility>

namespace dibs::measure {
namespace {

using role = user_orders::role;

constexpr std::size_t processes = 2;

crowd_report together(const std::vector<std::string>& reports) {
    crowd_report all;
    for (const auto& one : reports) all.add(crowd_report_from(one));
    if (all.failures > 0)
        throw std::runtime_error(fmt::format("{} waits ended without the lock", all.failures));
    if (all.all_grants() == 0)
        throw std::runtime_error("nobody was granted the lock in time: is the machine too busy to measure?");
    return all;
}

trial turns(const user_processes& users, const user_orders& orders) {
    return [&users, orders] {
        const auto all = together(users.run(orders, processes));
        return sample{all.length_s * 1e6 / static_cast<double>(all.all_grants()), 0};
    };
}

user_orders orders_for(const std::string& redis_url, std::string name) {
    user_orders orders;
    orders.redis_url = redis_url;
    orders.crowd.name = std::move(name);
    return orders;
}

}  // namespace

std::vector<figure> measure_remote_handoff(sandbox::servers& on, const user_processes& users,
                                           std::size_t repeats) {
    const pinned together_with({on.redis().pid()});
    auto orders = orders_for(on.redis_url(), "measure:handoff");
    orders.on_one_core = true;
    orders.crowd.waiters = 1;
    orders.crowd.hold = std::chrono::microseconds::zero();
    orders.crowd.warm_up = std::chrono::milliseconds(100);
    orders.crowd.length = std::chrono::milliseconds(500);
    auto floor = orders;
    floor.as = role::ping_pong;
    auto same_scripts = orders;
    same_scripts.as = role::script_ping_pong;
    const auto value = turns(users, orders);
    return {interleaved({"handoff_remote", "us"}, repeats, value, turns(users, floor)),
            interleaved({"handoff_remote_scripts", "us"}, repeats, value, turns(users, same_scripts))};
}

crowd_figures measure_crowd(const std::string& redis_url, const user_processes& users, algorithm kind,
                            std::size_t repeats) {
    auto orders = orders_for(redis_url, fmt::format("measure:crowd:{}", to_string(kind)));
    orders.crowd.kind = kind;
    const auto name = [&](const char* what) { return fmt::format("{}_{}", what, to_string(kind)); };
    crowd_figures found{{name("wait_p99"), "ms", {}},
                        {name("wait_max"), "ms", {}},
                        {name("jain"), "1", {}},
                        {name("utilisation"), "1", {}}};
    retakes repeated(repeats);
    for (std::size_t i = 0; i < repeats; ++i) {
        const auto seen = repeated.undisturbed([&] { return together(users.run(orders, processes)); });
        const double others = static_cast<double>(seen.grants.size()) - 1;
        const sample floor{others * seen.mean_hold_ms(), 0};
        found.wait_p99.values.push_back({seen.wait_ms(0.99), 0});
        found.wait_p99.floors.push_back(floor);
        found.wait_max.values.push_back({seen.wait_ms(1), 0});
        found.wait_max.floors.push_back(floor);
        found.jain.values.push_back({seen.fairness(), 0});
        found.utilisation.values.push_back({seen.utilisation(), 0});
    }
    for (auto* one : {&found.wait_p99, &found.wait_max, &found.jain, &found.utilisation})
        one->disturbed = repeated.count();
    return found;
}

figure measure_gap(const std::string& redis_url, const user_processes& users, std::size_t repeats) {
    auto orders = orders_for(redis_url, "measure:gap");
    orders.crowd.length = std::chrono::seconds(1);
    auto plain = orders;
    plain.as = role::script_ping_pong;
    const auto gap = [&users](const user_orders& told) {
        return [&users, told] { return sample{together(users.run(told, processes)).gap_us(), 0}; };
    };
    return interleaved({"gap_queue", "us"}, repeats, gap(orders), gap(plain));
}

figure measure_memory(sandbox::servers& on, const user_processes& users) {
    auto orders = orders_for(on.redis_url(), "measure:memory");
    orders.as = role::stand;
    // Somebody holds the lock meanwhile: the first of the plainest commands.
    const lock_name name(orders.crowd.name);
    plain_redis server(redis::endpoint_from_url(on.redis_url()));
    lock_commands holder(lock_commands::kind::queue, name);
    server.ask(holder.acquire().by_source());
    server.ask(redis::command("PERSIST").arg(locks::lock_keys::with_queue(name).keys.front()));
    const auto report = memory_report_from(users.run(orders, 1).front());
    server.ask(holder.release().by_source());
    return {"bytes_per_waiter", "bytes", {{report.bytes_per_waiter(), 0}}};
}

}  // namespace dibs::measure
