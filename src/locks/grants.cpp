#include "locks/grants.hpp"

#include "locks/local_handoff.hpp"
#include "redis/connection.hpp"
#include "redis/script.hpp"
#include "redis/scripts.hpp"

#include <fmt/format.h>

#include <exception>
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
    result.tokens = answer.at(4).integer();
    return result;
}

release_outcome read_outcome(const redis::reply& answer) {
    switch (answer.integer()) {
        case 0: return release_outcome::released;
        case 1: return release_outcome::expired;
        default: return release_outcome::not_owner;
    }
}

task<attempt> attempt_at(redis_server server, redis::script_call request, deadline until,
                         std::function<bool()> still_wanted = {}) {
    const auto answer = co_await redis::evaluate(*server, request, until, redis::when_cancelled::give_up,
                                                 std::move(still_wanted));
    co_return read_attempt(answer.elements());
}

/// Asks again where the connection was lost with the request on its way, or the lock would stay held for its
/// lease. Who then finds it gone cannot tell whether it was released or had ended: that stays in doubt.
task<release_outcome> release_at(redis_server server, redis::script_call request, deadline until) {
    std::exception_ptr lost;
    for (;;) {
        try {
            const auto answer =
                co_await redis::evaluate(*server, request, until, redis::when_cancelled::finish);
            const auto outcome = read_outcome(answer);
            if (!lost || outcome == release_outcome::released) co_return outcome;
            break;
        } catch (const redis::lost_reply&) {
            if (steady::now() >= until) throw;
            if (!lost) lost = std::current_exception();
        } catch (const error&) {  // whatever became of the second, the first may have been carried out
            if (!lost) throw;
            break;
        }
    }
    std::rethrow_exception(lost);
}

task<void> cancel_at(redis_server server, redis::script_call request, deadline until) {
    co_await redis::evaluate(*server, request, until);
}

task<void> kill_at(redis_server server, redis::client_identity which, deadline until) {
    auto list = redis::command("CLIENT").arg("LIST").arg("ID").arg(which.id);
    auto request = redis::command("CLIENT").arg("KILL").arg("ID").arg(which.id);
    try {
        const auto seen = co_await server->execute(std::move(list), until);
        const bool ours = seen.text().find(" name=" + which.name + ' ') != std::string::npos;
        if (ours) co_await server->execute(std::move(request), until);
    } catch (const redis::refusal& refused) {
        if (refused.passes_with_time()) throw;
    }
}

task<grants::pulse> pulse_at(redis_server server, redis::script_call request, deadline until,
                             std::function<redis::script_call()> anew) {
    std::function<bool()> before_source;
    if (anew) before_source = [&request, &anew] { return request = anew(), true; };
    const auto answer = co_await redis::evaluate(*server, request, until, redis::when_cancelled::give_up,
                                                 std::move(before_source));
    grants::pulse result;
    result.state = read_attempt(answer.elements());
    if (const auto& holder = answer.elements().at(5).text(); !holder.empty())
        result.holder = owner_id(holder);
    result.token = fencing_token(answer.elements().at(6).integer());
    result.lost = answer.elements().at(7).integer() > 0;
    co_return result;
}

std::string prefix_of(const lock_name& name) { return fmt::format("dibs:{{{}}}:", name.text()); }

}  // namespace

terms terms_of(const lock_request& request) {
    return {request.lease, hands_on_locally(request) ? most_local_handoffs + 1 : 1};
}

lock_keys lock_keys::with_queue(const lock_name& name) {
    const auto start = prefix_of(name);
    return {start, {start + "lock", start + "queue", start + "alive", start + "token"}};
}

lock_keys lock_keys::of_redlock(const lock_name& name) {
    const auto start = prefix_of(name);
    return {start, {start + "redlock"}};
}

struct grants::place {
    place(redis_server on, lock_keys named) : server(std::move(on)), keys(std::move(named)) {
        for (const auto& key : keys.keys) words.add(key);
    }
    redis_server server;
    lock_keys keys;
    redis::arguments words;  // the keys as every request has them
};

grants::grants(redis_server server, lock_keys keys)
    : place_(std::make_shared<const place>(std::move(server), std::move(keys))) {}

const lock_keys& grants::keys() const { return place_->keys; }

redis::script_call grants::call(const redis::script& what) const { return {what, place_->words}; }

task<attempt> grants::acquire(const owner_id& owner, terms wanted, deadline until,
                              std::function<bool()> still_wanted) const {
    auto request = call(redis::scripts::acquire);
    request.arg(owner.text()).arg(wanted.lease.count()).arg(wanted.tokens);
    return attempt_at(place_->server, std::move(request), until, std::move(still_wanted));
}

task<attempt> grants::enqueue(const owner_id& owner, terms wanted, when_busy busy, deadline until) const {
    auto request = call(redis::scripts::enqueue);
    request.arg(owner.text()).arg(wanted.lease.count()).arg(wanted.tokens);
    request.arg(busy == when_busy::stand_in_queue ? "wait" : "try");
    return attempt_at(place_->server, std::move(request), until);
}

task<attempt> grants::renew(const owner_id& owner, std::chrono::milliseconds lease, deadline until) const {
    auto request = call(redis::scripts::renew);
    request.arg(owner.text()).arg(lease.count());
    return attempt_at(place_->server, std::move(request), until);
}

task<release_outcome> grants::release(const owner_id& owner, deadline until) const {
    return release_at(place_->server, std::move(call(redis::scripts::release).arg(owner.text())), until);
}

task<void> grants::cancel(const std::vector<std::string>& entries, deadline until) const {
    auto request = call(redis::scripts::cancel);
    for (const auto& waiter : entries) request.arg(waiter);
    return cancel_at(place_->server, std::move(request), until);
}

task<void> grants::kill_client(const redis::client_identity& which, deadline until) const {
    return kill_at(place_->server, which, until);
}

redis::script_call grants::heartbeat_of(const std::string& process,
                                        const std::vector<std::string>& entries) const {
    auto request = call(redis::scripts::heartbeat);
    request.arg(process);
    for (const auto& waiter : entries) request.arg(waiter);
    return request;
}

task<grants::pulse> grants::heartbeat(const std::string& process, const std::vector<std::string>& entries,
                                      deadline until, std::function<std::vector<std::string>()> anew) const {
    std::function<redis::script_call()> request_anew;
    if (anew)
        request_anew = [*this, process, anew = std::move(anew)] { return heartbeat_of(process, anew()); };
    return pulse_at(place_->server, heartbeat_of(process, entries), until, std::move(request_anew));
}

std::uint64_t grants::generation() const { return place_->server->generation(); }

std::string grants::entry(const owner_id& owner, const terms& wanted) {
    return fmt::format("{} {} {}", owner.text(), wanted.lease.count(), wanted.tokens);
}

}  // namespace dibs::locks
