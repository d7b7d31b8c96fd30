#include "measure/cycles.hpp"

#include "measure/library.hpp"

#include <dibs/mutex.hpp>

#include <fmt/format.h>

#include <mutex>
#include <utility>

namespace dibs::measure {
namespace {

constexpr std::size_t cycles_a_repeat = 3000;

lock_commands commands_of(algorithm kind, const lock_name& name) {
    using commands = lock_commands::kind;
    switch (kind) {
        case algorithm::queue:
        case algorithm::fencing: return {commands::queue, name};
        default: return {commands::single_key, name};
    }
}

config on_redis(const sandbox::servers& on) { return config::from_url(on.redis_url()); }

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
    plain_lock plain(commands_of(kind, wanted.name), {on.redis_url()});
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
    plain_lock plain(commands_of(algorithm::queue, name), {on.redis_url()});
    mutex ours(client::connect(on_redis(on)), name.text());
    const auto blocking = [&] { const std::scoped_lock held(ours); };
    return interleaved({"cycle_blocking", "us"}, repeats, cycles_by(blocking, meter, cycles_a_repeat),
                       cycles_by(plain, meter, cycles_a_repeat));
}

}  // namespace dibs::measure
