#include "measure/crowd.hpp"

#include "core/task_group.hpp"
#include "measure/library.hpp"
#include "stats/sample.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace dibs::measure {
namespace {

constexpr std::chrono::seconds longest_wait{30};

double ms(steady::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

/// What the waiters of one process share.
struct attendance {
    crowd_orders told;
    deadline counts_from;
    deadline end;
    crowd_report seen;
};

task<void> hold_for(asio::steady_timer& timer, std::chrono::microseconds time) {
    if (time <= time.zero()) co_return;
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable);
}

task<void> fight(asio::any_io_executor executor, user& who, std::size_t number, attendance& all) {
    asio::steady_timer timer(executor, all.told.begin);
    co_await timer.async_wait(asio::use_awaitable);
    while (steady::now() < all.end) {
        const auto asked = steady::now();
        const bool had = co_await who.acquire(longest_wait);
        const auto granted = steady::now();
        if (!had) {
            ++all.seen.failures;
            continue;
        }
        co_await hold_for(timer, all.told.hold);
        const auto done = steady::now();
        co_await who.release();
        if (granted < all.counts_from) continue;
        // However early it began and however late the grant came: otherwise who starves would not be seen.
        all.seen.waits_ms.push_back(ms(granted - asked));
        if (granted >= all.end) continue;
        ++all.seen.grants[number];
        all.seen.held_s += ms(done - granted) / 1000;
    }
}

}  // namespace

void crowd_report::add(const crowd_report& other) {
    const auto middle = static_cast<std::ptrdiff_t>(waits_ms.size());
    waits_ms.insert(waits_ms.end(), other.waits_ms.begin(), other.waits_ms.end());
    std::inplace_merge(waits_ms.begin(), waits_ms.begin() + middle, waits_ms.end());
    grants.insert(grants.end(), other.grants.begin(), other.grants.end());
    held_s += other.held_s;
    length_s = std::max(length_s, other.length_s);
    failures += other.failures;
}

std::uint64_t crowd_report::all_grants() const {
    return std::accumulate(grants.begin(), grants.end(), std::uint64_t{0});
}

double crowd_report::mean_hold_ms() const { return 1000 * held_s / static_cast<double>(all_grants()); }

double crowd_report::wait_ms(double quantile) const { return stats::percentile(waits_ms, quantile); }

double crowd_report::utilisation() const { return held_s / length_s; }

double crowd_report::gap_us() const { return 1e6 * (length_s - held_s) / static_cast<double>(all_grants()); }

double crowd_report::fairness() const {
    double sum = 0;
    double squares = 0;
    for (const auto count : grants) {
        const auto value = static_cast<double>(count);
        sum += value;
        squares += value * value;
    }
    return sum * sum / (static_cast<double>(grants.size()) * squares);
}

task<crowd_report> attend(asio::any_io_executor executor, crowd_orders told, const user_maker& users) {
    attendance all{told, told.begin + told.warm_up, told.begin + told.warm_up + told.length, {}};
    all.seen.grants.resize(told.waiters);
    std::vector<std::unique_ptr<user>> who;
    task_group waiters(executor);
    for (std::size_t i = 0; i < told.waiters; ++i) {
        auto wanted = request_for(told.kind, told.name);
        wanted.local_handoff = local_handoff::off;
        who.push_back(users(std::move(wanted)));
        waiters.spawn(fight(executor, *who.back(), i, all));
    }
    co_await waiters.join();
    std::sort(all.seen.waits_ms.begin(), all.seen.waits_ms.end());
    all.seen.length_s = std::chrono::duration<double>(told.length).count();
    co_return std::move(all.seen);
}

std::string to_json(const crowd_report& report) {
    return boost::json::serialize(boost::json::object{{"waits_ms", boost::json::value_from(report.waits_ms)},
                                                      {"grants", boost::json::value_from(report.grants)},
                                                      {"held_s", report.held_s},
                                                      {"length_s", report.length_s},
                                                      {"failures", report.failures}});
}

crowd_report crowd_report_from(std::string_view json) {
    try {
        const auto value = boost::json::parse(json);
        crowd_report report;
        report.waits_ms = boost::json::value_to<std::vector<double>>(value.at("waits_ms"));
        report.grants = boost::json::value_to<std::vector<std::uint64_t>>(value.at("grants"));
        report.held_s = value.at("held_s").to_number<double>();
        report.length_s = value.at("length_s").to_number<double>();
        report.failures = value.at("failures").to_number<std::size_t>();
        return report;
    } catch (const std::exception& wrong) {
        throw std::runtime_error(std::string("a process of dibs measure reported nothing sensible: ") +
                                 wrong.what());
    }
}

}  // namespace dibs::measure
