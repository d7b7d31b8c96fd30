#include "measure/cycles.hpp"

#include "measure/library.hpp"
#include "redis/endpoint.hpp"

#include <dibs/mutex.hpp>

#include <fmt/format.h>

#include <csignal>
#include <list>
#include <mutex>
#include <utility>

namespace dibs::measure {
namespace {

constexpr std::size_t cycles_a_repeat = 3000;
constexpr std::size_t redlock_cycles_a_repeat = 1000;

lock_commands commands_of(algorithm kind, const lock_name& name) {
    using commands = lock_commands::kind;
    switch (kind) {
        case algorithm::queue:
        case algorithm::fencing: return {commands::queue, name};
        case algorithm::redlock: return {commands::redlock, name};
        default: return {commands::single_key, name};
    }
}

std::vector<pid_t> masters_of(sandbox::servers& on) {
    std::vector<pid_t> found;
    for (std::size_t i = 0; i < on.redlock_urls().size(); ++i) found.push_back(on.redis_master(i).pid());
    return found;
}

std::vector<redis::endpoint> endpoints(const std::vector<std::string>& urls) {
    std::vector<redis::endpoint> found;
    for (const auto& url : urls) found.push_back(redis::endpoint_from_url(url));
    return found;
}

config on_redis(const sandbox::servers& on) { return config::from_url(on.redis_url()); }

config on_masters(const sandbox::servers& on) {
    config servers;
    servers.masters = on.redlock_urls();
    return servers;
}

/// While this lives one of the masters says nothing.
class hung {
   public:
    explicit hung(sandbox::redis_server& which) : which_(which) { which_.signal(SIGSTOP); }
    hung(const hung&) = delete;
    hung& operator=(const hung&) = delete;
    ~hung() { which_.signal(SIGCONT); }

   private:
    sandbox::redis_server& which_;
};

}  // namespace

trial cycles_by(asio::io_context& io, user& who, const cpu_meter& meter, std::size_t count) {
    return [&io, &who, &meter, count] {
        return time_each(meter, count, [&] { run_to_end(io, repeat_cycle(who, count)); });
    };
}

trial cycles_by(plain_lock& who, const cpu_meter& meter, std::size_t count) {
    return cycles_by([&who] { who.cycle(); }, meter, count);
}

trial cycles_by(std::function<void()> cycle, const cpu_meter& meter, std::size_t count) {
    return [cycle = std::move(cycle), &meter, count] {
        return time_each(meter, count, [&] {
            for (std::size_t i = 0; i < count; ++i) cycle();
        });
    };
}

figure measure_cycle(sandbox::servers& on, algorithm kind, std::size_t repeats) {
    const std::vector<pid_t> servers{on.redis().pid()};
    const pinned together(servers);
    const cpu_meter meter(servers);
    auto wanted = request_for(kind, fmt::format("measure:{}", to_string(kind)));
    plain_lock plain(commands_of(kind, wanted.name), endpoints({on.redis_url()}));
    library ours(on_redis(on));
    const auto user = ours.users(std::move(wanted));
    return interleaved({fmt::format("cycle_{}", to_string(kind)), "us"}, repeats,
                       cycles_by(ours.io, *user, meter, cycles_a_repeat),
                       cycles_by(plain, meter, cycles_a_repeat));
}

figure measure_blocking_cycle(sandbox::servers& on, std::size_t repeats) {
    const std::vector<pid_t> servers{on.redis().pid()};
    const pinned together(servers);
    const cpu_meter meter(servers);
    const lock_name name("measure:blocking");
    plain_lock plain(commands_of(algorithm::queue, name), endpoints({on.redis_url()}));
    mutex ours(client::connect(on_redis(on)), name.text());
    const auto blocking = [&] { const std::scoped_lock held(ours); };
    return interleaved({"cycle_blocking", "us"}, repeats, cycles_by(blocking, meter, cycles_a_repeat),
                       cycles_by(plain, meter, cycles_a_repeat));
}

figure measure_redlock_cycle(sandbox::servers& on, std::size_t repeats) {
    const auto servers = masters_of(on);
    const pinned together(servers);
    const cpu_meter meter(servers);
    auto wanted = request_for(algorithm::redlock, "measure:redlock");
    plain_lock plain(commands_of(algorithm::redlock, wanted.name), endpoints(on.redlock_urls()));
    library ours(on_masters(on));
    const auto user = ours.users(std::move(wanted));
    return interleaved({"redlock_cycle", "us"}, repeats,
                       cycles_by(ours.io, *user, meter, redlock_cycles_a_repeat),
                       cycles_by(plain, meter, redlock_cycles_a_repeat));
}

figure measure_redlock_with_hung(sandbox::servers& on, heading of, std::size_t masters, std::size_t repeats) {
    const auto servers = masters_of(on);
    const pinned together(servers);
    const cpu_meter meter(servers);
    library ours(on_masters(on));
    const auto user = ours.users(request_for(algorithm::redlock, "measure:redlock"));
    const auto healthy = cycles_by(ours.io, *user, meter, redlock_cycles_a_repeat);
    const auto with_hung = [&] {
        std::list<hung> silent;
        for (std::size_t i = 0; i < masters; ++i)
            silent.emplace_back(on.redis_master(servers.size() - 1 - i));
        return healthy();
    };
    return interleaved(std::move(of), repeats, with_hung, healthy);
}

figure measure_redlock_with_dead(sandbox::servers& on, heading of, std::size_t masters, std::size_t repeats) {
    library ours(on_masters(on));
    const auto user = ours.users(request_for(algorithm::redlock, "measure:redlock"));
    const cpu_meter meter({});
    const auto cycles = cycles_by(ours.io, *user, meter, redlock_cycles_a_repeat);
    const auto with = [&](std::size_t alive) {
        auto servers = masters_of(on);
        servers.resize(alive);
        const pinned together(servers);
        return cycles();
    };
    const auto all = on.redlock_urls().size();
    const auto with_dead = [&] {
        for (std::size_t i = all - masters; i < all; ++i) on.redis_master(i).kill();
        const auto seen = with(all - masters);
        for (std::size_t i = all - masters; i < all; ++i) on.redis_master(i).start();
        return seen;
    };
    return interleaved(std::move(of), repeats, with_dead, [&] { return with(all); });
}

}  // namespace dibs::measure
