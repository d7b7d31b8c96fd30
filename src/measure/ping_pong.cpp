#include "measure/ping_pong.hpp"

#include "measure/plain_lock.hpp"
#include "measure/plain_redis.hpp"
#include "measure/user_process.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace dibs::measure {
namespace {

/// How long the other may be silent: who comes late has not stopped before the end.
std::chrono::milliseconds silence(deadline end) {
    constexpr std::chrono::milliseconds at_end{200};
    const auto left = std::max<steady::duration>(end - steady::now(), steady::duration::zero());
    return std::chrono::ceil<std::chrono::milliseconds>(left) + at_end;
}

std::string channel_of(std::size_t number) { return "measure:ping-pong:" + std::to_string(number); }

}  // namespace

std::optional<crowd_report> ping_pong(const user_orders& orders) {
    const auto where = redis::endpoint_from_url(orders.redis_url);
    plain_redis talks(where);
    plain_redis hears(where);
    const auto mine = channel_of(orders.number);
    const auto others = channel_of(1 - orders.number);
    hears.ask(redis::command("SUBSCRIBE").arg(mine));
    const auto pass_on = [&] {
        talks.ask(redis::command("PUBLISH").arg(others).arg("0 0 0"));
        talks.ask(redis::command("SET").arg(mine).arg("0").arg("PX").arg(10'000));
    };

    const auto& told = orders.crowd;
    const auto counts_from = told.begin + told.warm_up;
    const auto end = counts_from + told.length;
    if (steady::now() > told.begin) return std::nullopt;
    std::this_thread::sleep_until(told.begin);
    if (orders.number == 0) pass_on();
    std::uint64_t heard = 0;
    while (hears.listen(silence(end))) {
        const auto now = steady::now();
        if (now >= end) break;
        heard += now >= counts_from ? 1 : 0;
        pass_on();
    }
    crowd_report report;
    report.grants = {heard};
    report.length_s = std::chrono::duration<double>(told.length).count();
    return report;
}

std::optional<crowd_report> script_ping_pong(const user_orders& orders) {
    const auto where = redis::endpoint_from_url(orders.redis_url);
    plain_redis talks(where);
    plain_redis hears(where);
    lock_commands commands(lock_commands::kind::queue, lock_name(orders.crowd.name));
    hears.ask(redis::command("SUBSCRIBE").arg(commands.channel()));
    const std::string granted = "1";
    const auto& told = orders.crowd;
    const auto counts_from = told.begin + told.warm_up;
    const auto end = counts_from + told.length;
    const auto take = [&](const redis::command& acquire) {
        return talks.ask(acquire) == granted || hears.listen(silence(end));
    };
    if (steady::now() > told.begin) return std::nullopt;
    std::this_thread::sleep_until(told.begin);
    take(commands.acquire().by_source());  // from now on the server knows the scripts
    talks.ask(commands.release().by_source());
    std::uint64_t turns = 0;
    crowd_report report;
    while (take(commands.acquire().by_digest())) {
        const auto now = steady::now();
        if (now >= end) break;
        if (told.hold > told.hold.zero()) std::this_thread::sleep_for(told.hold);
        if (now >= counts_from) {
            ++turns;
            report.held_s += std::chrono::duration<double>(steady::now() - now).count();
        }
        talks.ask(commands.release().by_digest());
    }
    talks.ask(commands.release().by_digest());
    report.grants = {turns};
    report.length_s = std::chrono::duration<double>(told.length).count();
    return report;
}

}  // namespace dibs::measure
