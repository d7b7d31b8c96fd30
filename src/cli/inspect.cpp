#include "cli/commands.hpp"
#include "cli/say.hpp"
#include "cli/server_flags.hpp"
#include "client/client_core.hpp"
#include "core/run.hpp"
#include "locks/inspection.hpp"
#include "locks/server_set.hpp"
#include "report/json_text.hpp"

#include <dibs/error.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dibs::cli {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr int not_held = 1;

struct inspect_flags {
    std::vector<std::string> names;
    config servers;
    bool json = false;
};

bool asked_for(const inspect_flags& flags, const locks::seen_lock& one) {
    return flags.names.empty() ||
           std::find(flags.names.begin(), flags.names.end(), one.name) != flags.names.end();
}

task<void> look(asio::any_io_executor executor, const inspect_flags& flags,
                std::vector<locks::seen_lock>& seen) {
    locks::server_set servers(executor, detail::addresses_in(flags.servers));
    const auto on = servers.for_lockers();
    const auto add = [&](std::vector<locks::seen_lock> found) {
        for (auto& one : found)
            if (asked_for(flags, one)) seen.push_back(std::move(one));
    };
    if (on.redis) add(co_await locks::locks_on_redis(on.redis, after(patience)));
    if (!on.masters.empty()) add(co_await locks::locks_on_masters(on.masters, after(patience)));
    if (on.pool) add(co_await locks::locks_in_database(*on.pool, after(patience)));
    co_await servers.close();
}

struct broken_on {
    std::string backend;
    locks::broken_lock what;
};

task<void> take_away(asio::any_io_executor executor, const inspect_flags& flags,
                     std::vector<broken_on>& broken) {
    locks::server_set servers(executor, detail::addresses_in(flags.servers));
    const auto on = servers.for_lockers();
    const lock_name name(flags.names.front());
    const auto add = [&](const char* backend, std::optional<locks::broken_lock> one) {
        if (one) broken.push_back({backend, std::move(*one)});
    };
    if (on.redis) add("redis", co_await locks::break_on_redis(on.redis, name, after(patience)));
    if (!on.masters.empty())
        add("redlock", co_await locks::break_on_masters(on.masters, name, after(patience)));
    if (on.pool) add("database", co_await locks::break_in_database(*on.pool, name, after(patience)));
    co_await servers.close();
}

void run_or_explain(const std::function<task<void>(asio::any_io_executor)>& work) {
    asio::io_context io{1};
    try {
        run_to_end(io, work(io.get_executor()));
    } catch (const error& wrong) {
        if (wrong.kind() != fault::bad_input) throw;
        throw CLI::ValidationError("dibs", wrong.what());
    }
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

void print(const std::vector<locks::seen_lock>& seen) {
    if (seen.empty()) {
        fmt::print("no locks are held or waited for\n");
        return;
    }
    std::vector<std::vector<std::string>> rows{
        {"NAME", "BACKEND", "HOLDER", "TOKEN", "REMAINING", "WAITERS", "DEAD"}};
    for (const auto& one : seen)
        rows.push_back({one.name, one.on.empty() ? one.backend : one.on, or_dash(one.holder),
                        one.token ? std::to_string(*one.token) : "-",
                        one.remaining ? fmt::format("{} ms", one.remaining->count()) : "-",
                        std::to_string(one.waiters), std::to_string(one.dead_waiters)});
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i + 1 < row.size(); ++i) fmt::print("{:<{}}  ", row[i], widths[i]);
        fmt::print("{}\n", row.back());
    }
}

boost::json::value or_null(const std::optional<std::int64_t>& number) {
    return number ? boost::json::value(*number) : boost::json::value();
}

boost::json::value ms_or_null(const std::optional<std::chrono::milliseconds>& time) {
    return time ? boost::json::value(time->count()) : boost::json::value();
}

boost::json::value json_of(const locks::seen_lock& one) {
    return boost::json::object{{"name", one.name},
                               {"backend", one.backend},
                               {"holder", one.holder},
                               {"token", or_null(one.token)},
                               {"remaining_ms", ms_or_null(one.remaining)},
                               {"waiters", one.waiters},
                               {"dead_waiters", one.dead_waiters},
                               {"on", one.on}};
}

void print_json(const std::vector<locks::seen_lock>& seen) {
    boost::json::array all;
    for (const auto& one : seen) all.push_back(json_of(one));
    fmt::print("{}", report::json_text(boost::json::object{{"locks", std::move(all)}}));
}

std::string sentence(const std::string& name, const broken_on& one) {
    auto text = fmt::format("{} ({}): taken from {}", name, one.backend, one.what.holder);
    std::vector<std::string> details;
    if (one.what.token) details.push_back(fmt::format("token {}", *one.what.token));
    if (one.what.remaining) details.push_back(fmt::format("{} ms left", one.what.remaining->count()));
    if (!details.empty()) text += fmt::format(" ({})", fmt::join(details, ", "));
    if (!one.what.next.empty()) return text + "; granted to the next waiter, " + one.what.next;
    return text + (one.backend == "database" ? "; its session was ended" : "; free now");
}

boost::json::value json_of(const std::string& name, const broken_on& one) {
    return boost::json::object{{"name", name},
                               {"backend", one.backend},
                               {"holder", one.what.holder},
                               {"token", or_null(one.what.token)},
                               {"remaining_ms", ms_or_null(one.what.remaining)},
                               {"next", one.what.next}};
}

void print_json(const std::string& name, const std::vector<broken_on>& broken) {
    boost::json::array all;
    for (const auto& one : broken) all.push_back(json_of(name, one));
    fmt::print("{}", report::json_text(boost::json::object{{"broken", std::move(all)}}));
}

int break_lock(const inspect_flags& flags) {
    std::vector<broken_on> broken;
    run_or_explain(
        [&](asio::any_io_executor executor) { return take_away(std::move(executor), flags, broken); });
    if (flags.json)
        print_json(flags.names.front(), broken);
    else
        for (const auto& one : broken) fmt::print("{}\n", sentence(flags.names.front(), one));
    if (!broken.empty()) return success;
    say("{} is not held\n", flags.names.front());
    return not_held;
}

void complete(config& servers) {
    if (servers.redis.empty() && servers.masters.empty() && servers.postgres.empty())
        servers.redis = usual_redis;
}

}  // namespace

void add_ps(CLI::App& app, int& status) {
    auto flags = std::make_shared<inspect_flags>();
    auto* command = app.add_subcommand("ps", "List the locks that are held or waited for");
    command->add_option("NAME", flags->names, "Only these [all]");
    command->add_flag("--json", flags->json, "As JSON");
    add_servers(*command, flags->servers);
    command->footer(
        "Looks at every server that is named. WAITERS are those in line for queue and fencing, and of\n"
        "database those at its row, two a process at most; those of spinlock, pubsub and redlock leave no\n"
        "trace. DEAD waiters are in the queue of a process that has gone silent, and are passed over.\n"
        "A process that hands its lock on locally shows as one holder.\n"
        "Example:\n"
        "  dibs ps --redis redis://localhost:6379 --postgres postgresql://user@localhost/app");
    command->callback([flags, &status] {
        complete(flags->servers);
        std::vector<locks::seen_lock> seen;
        run_or_explain(
            [&](asio::any_io_executor executor) { return look(std::move(executor), *flags, seen); });
        flags->json ? print_json(seen) : print(seen);
        status = success;
    });
}

void add_break(CLI::App& app, int& status) {
    auto flags = std::make_shared<inspect_flags>();
    auto* command = app.add_subcommand("break", "Take a lock from whoever holds it");
    flags->names.resize(1);
    command->add_option("NAME", flags->names.front(), "The lock")->required();
    command->add_flag("--json", flags->json, "Say what was broken as JSON");
    add_servers(*command, flags->servers);
    command->footer(
        "The next waiter gets it. WARNING: the old holder may still be working, and learns of it at its "
        "next\n"
        "renewal or write; only a resource that checks fencing tokens keeps its late writes out. A database\n"
        "lock is broken by ending the session that holds it, which undoes what it has written.\n"
        "Exit status: 0 broken, 1 not held or a server failed.\n"
        "Example:\n"
        "  dibs break nightly-report");
    command->callback([flags, &status] {
        complete(flags->servers);
        status = break_lock(*flags);
    });
}

}  // namespace dibs::cli
