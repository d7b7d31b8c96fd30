#include "locks/inspection.hpp"

#include "core/task_group.hpp"
#include "locks/ballot.hpp"
#include "locks/grants.hpp"
#include "redis/connection.hpp"
#include "redis/script.hpp"
#include "redis/scripts.hpp"

#include <dibs/error.hpp>

#include <algorithm>
#include <charconv>
#include <exception>
#include <map>
#include <set>
#include <utility>

namespace dibs::locks {
namespace {

using replies = std::vector<redis::reply>;

redis::script_call about(const redis::script& what, const lock_keys& keys) {
    redis::script_call call(what);
    for (const auto& key : keys.keys) call.key(key);
    return call;
}

std::optional<std::int64_t> number_in(const std::string& text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

std::optional<std::chrono::milliseconds> time_in(const redis::reply& pttl) {
    const auto left = pttl.integer();
    return left >= 0 ? std::optional(std::chrono::milliseconds(left)) : std::nullopt;
}

bool is_lock_name(const std::string& text) {
    try {
        return lock_name(text).text() == text;
    } catch (const error&) {
        return false;
    }
}

/// NAME of `dibs:{NAME}:…`; empty for a key that is no lock's.
std::string name_in(const std::string& key) {
    const auto begin = key.find('{');
    const auto end = key.find('}');
    if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
    auto name = key.substr(begin + 1, end - begin - 1);
    return is_lock_name(name) ? name : std::string();
}

task<std::set<std::string>> names_of(redis::connection& server, std::string pattern, deadline until) {
    std::set<std::string> names;
    std::string cursor = "0";
    do {
        auto scan = redis::command("SCAN").arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(1000);
        const auto answer = co_await server.execute(std::move(scan), until);
        cursor = answer.elements().at(0).text();
        for (const auto& key : answer.elements().at(1).elements())
            if (const auto name = name_in(key.text()); !name.empty()) names.insert(name);
    } while (cursor != "0");
    co_return names;
}

task<seen_lock> look_at(redis::connection& server, std::string name, deadline until) {
    const auto keys = lock_keys::with_queue(lock_name(name));
    const auto request = about(redis::scripts::inspect, keys);
    const auto answer = co_await redis::evaluate(server, request, until);
    const replies& told = answer.elements();
    seen_lock seen{std::move(name), "redis", told.at(0).text(), {}, {}};
    if (!seen.holder.empty()) {
        seen.remaining = time_in(told.at(1));
        seen.token = number_in(told.at(2).text());
    }
    seen.waiters = static_cast<std::size_t>(told.at(3).integer());
    seen.dead_waiters = static_cast<std::size_t>(told.at(4).integer());
    co_return seen;
}

/// Who holds a redlock lock on how many masters, and for how long on the one where it ends last.
struct support {
    std::size_t masters = 0;
    std::optional<std::chrono::milliseconds> remaining;
};

task<void> count_support(redis::connection& master, std::string name,
                         std::map<std::string, support>& by_owner, deadline until) {
    const auto key = lock_keys::of_redlock(lock_name(name)).keys.front();
    auto get = redis::command("GET").arg(key);
    const auto holder = co_await master.execute(std::move(get), until);
    if (holder.is_nil()) co_return;
    auto ask = redis::command("PTTL").arg(key);
    const auto left = co_await master.execute(std::move(ask), until);
    auto& found = by_owner[holder.text()];
    ++found.masters;
    found.remaining = std::max(found.remaining, time_in(left));
}

std::string share(std::size_t masters, std::size_t all) {
    return std::to_string(masters) + " of " + std::to_string(all) + " masters";
}

struct asked_masters {
    std::size_t answered = 0;
    std::exception_ptr failed;
};

task<void> note(task<void> question, asked_masters& all) {
    try {
        co_await std::move(question);
        ++all.answered;
    } catch (const error&) {
        all.failed = std::current_exception();
    }
}

/// All at once: one that is away costs the others no time.
template <class Ask>
task<asked_masters> ask_each(const redis_masters& masters, const Ask& ask) {
    asked_masters all;
    task_group questions(co_await asio::this_coro::executor);
    for (const auto& master : masters) questions.spawn(note(ask(*master), all));
    co_await questions.join();
    co_return all;
}

using owners_by_name = std::map<std::string, std::map<std::string, support>>;

/// Empty `wanted`: all that there are.
task<void> look_at_master(redis::connection& master, const std::optional<std::vector<std::string>>& wanted,
                          owners_by_name& found, deadline until) {
    std::set<std::string> names;
    if (wanted)
        names.insert(wanted->begin(), wanted->end());
    else
        names = co_await names_of(master, "dibs:{*}:redlock", until);
    for (const auto& name : names) co_await count_support(master, name, found[name], until);
}

task<std::vector<seen_lock>> seen_on_masters(redis_masters masters,
                                             std::optional<std::vector<std::string>> wanted, deadline until) {
    owners_by_name all;
    const auto ask = [&](redis::connection& master) { return look_at_master(master, wanted, all, until); };
    const auto asked = co_await ask_each(masters, ask);
    if (asked.answered == 0 && asked.failed) std::rethrow_exception(asked.failed);
    std::vector<seen_lock> seen;
    for (const auto& [name, owners] : all) {
        for (const auto& [owner, found] : owners) {
            seen_lock one{name, "redlock", owner, {}, found.remaining};
            one.on = share(found.masters, masters.size());
            seen.push_back(std::move(one));
        }
    }
    co_return seen;
}

task<void> break_on(redis::connection& master, lock_name name, std::optional<broken_lock>& broken,
                    deadline until) {
    const auto request = about(redis::scripts::seize, lock_keys::of_redlock(name));
    const auto answer = co_await redis::evaluate(master, request, until);
    const replies& told = answer.elements();
    if (told.at(0).integer() == 1) broken = broken_lock{told.at(1).text(), {}, time_in(told.at(2)), {}};
}

}  // namespace

task<std::vector<seen_lock>> locks_on_redis(redis_server server, deadline until) {
    auto names = co_await names_of(*server, "dibs:{*}:lock", until);
    names.merge(co_await names_of(*server, "dibs:{*}:queue", until));
    std::vector<std::string> all(names.begin(), names.end());
    co_return co_await locks_on_redis(std::move(server), std::move(all), until);
}

task<std::vector<seen_lock>> locks_on_redis(redis_server server, std::vector<std::string> names,
                                            deadline until) {
    std::vector<seen_lock> seen;
    for (const auto& name : names) {
        auto one = co_await look_at(*server, name, until);
        const bool of_interest = !one.holder.empty() || one.waiters + one.dead_waiters > 0;
        if (of_interest) seen.push_back(std::move(one));
    }
    co_return seen;
}

task<std::vector<seen_lock>> locks_on_masters(redis_masters masters, deadline until) {
    std::optional<std::vector<std::string>> all;
    co_return co_await seen_on_masters(std::move(masters), std::move(all), until);
}

task<std::vector<seen_lock>> locks_on_masters(redis_masters masters, std::vector<std::string> names,
                                              deadline until) {
    std::optional<std::vector<std::string>> wanted(std::move(names));
    co_return co_await seen_on_masters(std::move(masters), std::move(wanted), until);
}

task<std::optional<broken_lock>> break_on_redis(redis_server server, lock_name name, deadline until) {
    const auto keys = lock_keys::with_queue(name);
    const auto request = about(redis::scripts::seize, keys);
    const auto answer = co_await redis::evaluate(*server, request, until);
    const replies& told = answer.elements();
    if (told.at(0).integer() == 0) co_return std::nullopt;
    co_return broken_lock{told.at(1).text(), number_in(told.at(3).text()), time_in(told.at(2)),
                          told.at(4).text()};
}

task<std::optional<broken_lock>> break_on_masters(redis_masters masters, lock_name name, deadline until) {
    std::optional<broken_lock> broken;
    const auto take = [&](redis::connection& master) { return break_on(master, name, broken, until); };
    const auto asked = co_await ask_each(masters, take);
    if (asked.answered < ballot::quorum(masters.size()))
        throw error(fault::unavailable, "redlock", name.text(),
                    share(asked.answered, masters.size()) + " answered");
    co_return broken;
}

}  // namespace dibs::locks
