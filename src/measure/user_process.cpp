#include "measure/user_process.hpp"

#include "measure/library.hpp"
#include "measure/machine.hpp"
#include "measure/ping_pong.hpp"
#include "measure/standing.hpp"
#include "measure/trial.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace dibs::measure {
namespace {

constexpr std::chrono::milliseconds time_to_start{500};
constexpr std::chrono::seconds most_time_to_start{8};
constexpr std::chrono::seconds time_to_end{60};
/// What a process reports that was started when the others had already begun.
constexpr std::string_view came_late = "late";

std::int64_t ns_of(deadline time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

task<void> keep_report(asio::any_io_executor executor, const user_orders& orders, const user_maker& users,
                       std::string& report) {
    const auto seen = co_await attend(std::move(executor), orders.crowd, users);
    report = to_json(seen);
}

std::string run_crowd(const user_orders& orders, const users_on_redis& users_on) {
    asio::io_context io{1};
    const auto users = users_on(io, orders.redis_url);
    if (steady::now() > orders.crowd.begin) return std::string(came_late);
    std::string report;
    run_to_end(io, keep_report(io.get_executor(), orders, users, report));
    return report;
}

std::string report_of(const std::optional<crowd_report>& seen) {
    return seen ? to_json(*seen) : std::string(came_late);
}

// The program ends a report's line.
bool was_late(const std::string& report) { return report.starts_with(came_late); }

}  // namespace

std::string to_json(const user_orders& orders) {
    const auto& crowd = orders.crowd;
    return boost::json::serialize(boost::json::object{{"role", static_cast<int>(orders.as)},
                                                      {"redis", orders.redis_url},
                                                      {"number", orders.number},
                                                      {"on_one_core", orders.on_one_core},
                                                      {"name", crowd.name},
                                                      {"algorithm", to_string(crowd.kind)},
                                                      {"waiters", crowd.waiters},
                                                      {"hold_us", crowd.hold.count()},
                                                      {"begin_ns", ns_of(crowd.begin)},
                                                      {"warm_up_ms", crowd.warm_up.count()},
                                                      {"length_ms", crowd.length.count()}});
}

user_orders user_orders_from(std::string_view json) {
    user_orders orders;
    const auto value = boost::json::parse(json);
    const auto number = [&](const char* key) { return value.at(key).to_number<std::int64_t>(); };
    const auto text = [&](const char* key) { return std::string(value.at(key).as_string()); };
    orders.as = static_cast<user_orders::role>(number("role"));
    orders.redis_url = text("redis");
    orders.number = static_cast<std::size_t>(number("number"));
    orders.on_one_core = value.at("on_one_core").as_bool();
    orders.crowd.name = text("name");
    orders.crowd.kind = algorithm_from(text("algorithm")).value();
    orders.crowd.waiters = static_cast<std::size_t>(number("waiters"));
    orders.crowd.hold = std::chrono::microseconds(number("hold_us"));
    orders.crowd.begin = deadline(std::chrono::nanoseconds(number("begin_ns")));
    orders.crowd.warm_up = std::chrono::milliseconds(number("warm_up_ms"));
    orders.crowd.length = std::chrono::milliseconds(number("length_ms"));
    return orders;
}

std::string run_user(const user_orders& orders, const users_on_redis& users_on) {
    std::optional<pinned> core;
    if (orders.on_one_core) core.emplace(std::vector<pid_t>{});
    switch (orders.as) {
        case user_orders::role::crowd: return run_crowd(orders, users_on);
        case user_orders::role::ping_pong: return report_of(ping_pong(orders));
        case user_orders::role::script_ping_pong: return report_of(script_ping_pong(orders));
        case user_orders::role::stand: break;
    }
    return to_json(stand(orders, users_on));
}

user_maker library_users(asio::io_context& io, const std::string& redis_url) {
    return connect_library(io, config::from_url(redis_url));
}

std::vector<std::string> user_processes::run(const user_orders& orders, std::size_t processes) const {
    for (auto lead = time_to_start; lead <= most_time_to_start; lead *= 2) {
        auto reports = run_once(orders, processes, after(lead));
        if (std::none_of(reports.begin(), reports.end(), was_late)) return reports;
    }
    throw std::runtime_error("the machine is too busy: processes come late to their measurement");
}

std::vector<std::string> user_processes::run_once(user_orders orders, std::size_t processes,
                                                  deadline begin) const {
    orders.crowd.begin = begin;
    std::vector<sandbox::process> running;
    for (std::size_t i = 0; i < processes; ++i) {
        orders.number = i;
        sandbox::program one(command_.front(), {command_.begin() + 1, command_.end()});
        one.arguments.push_back(to_json(orders));
        one.standard_output = sandbox::output::pipe();
        one.standard_error = sandbox::output::pipe();
        running.push_back(box_.start(one));
    }
    std::vector<std::string> reports;
    const auto until = orders.crowd.begin + orders.crowd.warm_up + orders.crowd.length + time_to_end;
    for (auto& one : running) {
        reports.push_back(one.read_all(until));
        const auto how = one.wait(until);
        if (!how || !how->success())
            throw std::runtime_error(fmt::format("a process of dibs measure {}: {}",
                                                 how ? "ended with " + how->describe() : "does not end",
                                                 one.read_all_errors(sandbox::clock::now())));
    }
    return reports;
}

}  // namespace dibs::measure
