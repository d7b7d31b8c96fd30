#include "measure/redlock_cycles.hpp"

#include "core/run.hpp"
#include "fault/proxy_thread.hpp"
#include "measure/cycles.hpp"
#include "measure/library.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace dibs::measure {
namespace {

constexpr std::size_t redlock_cycles_a_repeat = 1000;
/// Longer than the longest pause before the client connects again.
constexpr auto recovery = std::chrono::milliseconds(1100);

using to_master = std::function<void(std::size_t number)>;

std::vector<pid_t> masters_of(sandbox::servers& on) {
    std::vector<pid_t> found;
    for (std::size_t i = 0; i < on.redlock_urls().size(); ++i) found.push_back(on.redis_master(i).pid());
    return found;
}

config of_masters(std::vector<std::string> urls) {
    config servers;
    servers.masters = std::move(urls);
    return servers;
}

/// The last `failing` of the masters fail for each value, and are back for each floor.
figure with_failing(sandbox::servers& on, heading of, const config& masters, std::size_t failing,
                    std::size_t repeats, const to_master& fail, const to_master& mend) {
    library ours(masters);
    const auto user = ours.users(request_for(algorithm::redlock, "measure:redlock"));
    const auto all = masters.masters.size();
    const auto cycles = [&](std::size_t alive) {
        auto servers = masters_of(on);
        servers.resize(alive);
        const pinned together(servers);
        return cycles_by(ours.io, *user, cpu_meter(servers), redlock_cycles_a_repeat)();
    };
    const auto recover = [&] {
        const auto until = std::chrono::steady_clock::now() + recovery;
        while (std::chrono::steady_clock::now() < until) run_to_end(ours.io, repeat_cycle(*user, 10));
    };
    const auto without = [&] {
        for (auto i = all - failing; i < all; ++i) fail(i);
        const auto seen = cycles(all - failing);
        for (auto i = all - failing; i < all; ++i) mend(i);
        recover();
        return seen;
    };
    return interleaved(std::move(of), repeats, without, [&] { return cycles(all); });
}

}  // namespace

figure measure_redlock_cycle(sandbox::servers& on, std::size_t repeats) {
    const auto servers = masters_of(on);
    const pinned together(servers);
    const cpu_meter meter(servers);
    const auto urls = on.redlock_urls();
    auto wanted = request_for(algorithm::redlock, "measure:redlock");
    plain_lock plain({lock_commands::kind::redlock, wanted.name}, urls);
    library ours(of_masters(urls));
    const auto user = ours.users(std::move(wanted));
    return interleaved({"redlock_cycle", "us"}, repeats,
                       cycles_by(ours.io, *user, meter, redlock_cycles_a_repeat),
                       cycles_by(plain, meter, redlock_cycles_a_repeat));
}

figure measure_redlock_with_hung(sandbox::servers& on, heading of, std::size_t masters, std::size_t repeats) {
    return with_failing(
        on, std::move(of), of_masters(on.redlock_urls()), masters, repeats,
        [&](std::size_t number) { on.redis_master(number).signal(SIGSTOP); },
        [&](std::size_t number) { on.redis_master(number).signal(SIGCONT); });
}

figure measure_redlock_with_dead(sandbox::servers& on, heading of, std::size_t masters, std::size_t repeats) {
    return with_failing(
        on, std::move(of), of_masters(on.redlock_urls()), masters, repeats,
        [&](std::size_t number) { on.redis_master(number).kill(); },
        [&](std::size_t number) { on.redis_master(number).start(); });
}

figure measure_redlock_with_black_holed(sandbox::servers& on, heading of, std::size_t masters,
                                        std::size_t repeats) {
    std::vector<std::unique_ptr<faults::proxy_thread>> links;
    std::vector<std::string> urls;
    for (std::size_t i = 0; i < on.redlock_urls().size(); ++i) {
        links.push_back(std::make_unique<faults::proxy_thread>(on.redis_master(i), i));
        urls.push_back(links.back()->url());
    }
    return with_failing(
        on, std::move(of), of_masters(urls), masters, repeats,
        [&](std::size_t number) {
            links[number]->change([](faults::proxy& link) { link.set({.hole = faults::black_hole::drop}); });
        },
        [&](std::size_t number) { links[number]->change([](faults::proxy& link) { link.heal(); }); });
}

}  // namespace dibs::measure
