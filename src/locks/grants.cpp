#include "locks/grants.hpp"

#include "redis/connection.hpp"
#include "redis/script.hpp"
#include "redis/scripts.hpp"

#include <fmt/format.h>

#include <utility>

namespace dibs::locks {
namespace {

attempt read_attempt(const std::vector<redis::reply>& answer) {
    attempt result;
    result.granted = answer.at(0).integer() == 1;
    result.token = fencing_token(answer.at(1).integer());
    if (const auto left = answer.at(2).integer(); left >= 0)
        result.remaining = std::chrono::milliseconds(left);
    result.server_us = answer.at(3).integer();
    return result;
}

release_outcome read_outcome(const redis::reply& answer) {
    switch (answer.integer()) {
        case 0: return release_outcome::released;
        case 1: return release_outcome::expired;
        default: return release_outcome::not_owner;
    }
}

std::string prefix_of(const lock_name& name) { return fmt::format("dibs:{{{}}}:", name.text()); }

}  // namespace

lock_keys lock_keys::with_queue(const lock_name& name) {
    const auto start = prefix_of(name);
    return {start, {start + "lock", start + "queue", start + "alive", start + "token"}};
}

lock_keys lock_keys::of_redlock(const lock_name& name) {
    const auto start = prefix_of(name);
    return {start, {start + "redlock"}};
}

grants::grants(redis_server server, lock_keys keys) : server_(std::move(server)), keys_(std::move(keys)) {}

redis::script_call grants::call(const redis::script& what) const {
    redis::script_call call(what);
    for (const auto& key : keys_.keys) call.key(key);
    return call;
}

task<attempt> grants::acquire(owner_id owner, std::chrono::milliseconds lease, deadline until) {
    auto request = call(redis::scripts::acquire).arg(owner.text()).arg(lease.count());
    const auto answer = co_await redis::evaluate(*server_, std::move(request), until);
    co_return read_attempt(answer.elements());
}

task<attempt> grants::enqueue(owner_id owner, std::chrono::milliseconds lease, when_busy busy,
                              deadline until) {
    const std::string_view mode = busy == when_busy::stand_in_queue ? "wait" : "try";
    auto request = call(redis::scripts::enqueue).arg(owner.text()).arg(lease.count()).arg(mode);
    const auto answer = co_await redis::evaluate(*server_, std::move(request), until);
    co_return read_attempt(answer.elements());
}

task<attempt> grants::renew(owner_id owner, std::chrono::milliseconds lease, deadline until) {
    auto request = call(redis::scripts::renew).arg(owner.text()).arg(lease.count());
    const auto answer = co_await redis::evaluate(*server_, std::move(request), until);
    co_return read_attempt(answer.elements());
}

task<release_outcome> grants::release(owner_id owner, deadline until) {
    auto request = call(redis::scripts::release).arg(owner.text());
    co_return read_outcome(co_await redis::evaluate(*server_, std::move(request), until));
}

task<void> grants::cancel(owner_id owner, std::chrono::milliseconds lease, deadline until) {
    auto request = call(redis::scripts::cancel).arg(entry(owner, lease));
    co_await redis::evaluate(*server_, std::move(request), until);
}

task<void> grants::kill_client(std::int64_t id, deadline until) {
    auto request = redis::command("CLIENT").arg("KILL").arg("ID").arg(id);
    try {
        co_await server_->execute(std::move(request), until);
    } catch (const redis::refusal&) {
    }
}

task<grants::pulse> grants::heartbeat(std::vector<std::string> entries, deadline until) {
    auto request = call(redis::scripts::heartbeat);
    for (const auto& waiter : entries) request.arg(waiter);
    const auto answer = co_await redis::evaluate(*server_, std::move(request), until);
    pulse result;
    result.state = read_attempt(answer.elements());
    if (result.state.granted) result.holder = owner_id(answer.elements().at(4).text());
    co_return result;
}

std::string grants::entry(const owner_id& owner, std::chrono::milliseconds lease) {
    return fmt::format("{} {}", owner.text(), lease.count());
}

}  // namespace dibs::locks
