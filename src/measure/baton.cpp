#include "measure/baton.hpp"

#include "core/task_group.hpp"
#include "core/wakeup.hpp"

#include <deque>

namespace dibs::measure {
namespace {

constexpr std::chrono::minutes patience{2};

using ring = std::deque<wakeup>;

task<void> run_laps(ring& all, std::size_t place, std::size_t laps) {
    for (std::size_t i = 0; i < laps; ++i) {
        co_await all[place].wait_until(after(patience));
        all[(place + 1) % all.size()].wake();
    }
}

task<void> pass(asio::any_io_executor executor, baton_rings how_many) {
    std::deque<ring> rings(how_many.rings);
    task_group runners(executor);
    for (auto& one : rings) {
        for (std::size_t i = 0; i < how_many.runners; ++i) one.emplace_back(executor);
        for (std::size_t i = 0; i < how_many.runners; ++i) runners.spawn(run_laps(one, i, how_many.laps));
        one.front().wake();
    }
    co_await runners.join();
}

}  // namespace

trial batons_passed(const cpu_meter& meter, baton_rings how_many) {
    return [&meter, how_many] {
        asio::io_context io{1};
        const auto handoffs = how_many.rings * how_many.runners * how_many.laps;
        return rate_of(meter, handoffs, [&] { run_to_end(io, pass(io.get_executor(), how_many)); });
    };
}

}  // namespace dibs::measure
