#include "locks/masters.hpp"

#include "core/spawn.hpp"
#include "core/wakeup.hpp"
#include "locks/grants.hpp"
#include "locks/timing.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace dibs::locks {
namespace {

/// One round over all servers; outlives its caller while a slow one has not answered.
struct round {
    round(const asio::any_io_executor& executor, std::size_t servers) : votes(servers), stirred(executor) {}
    ballot votes;
    wakeup stirred;  // decided, or heard from a majority
    std::exception_ptr failure;
};

/// What each server is asked.
struct question {
    enum class verb { take, extend, give_back } what;
    std::chrono::milliseconds lease;
    deadline answer_by;
};

}  // namespace

struct candidate::state {
    state(asio::any_io_executor on, redis_masters all, lock_keys named, owner_id who)
        : executor(std::move(on)), masters(std::move(all)), keys(std::move(named)), owner(std::move(who)) {}

    asio::any_io_executor executor;
    redis_masters masters;
    lock_keys keys;
    owner_id owner;
    bool has_left = false;

    task<bool> take(grants& server, const question& asked) const;
    task<bool> extend(grants& server, const question& asked) const;
    task<bool> put(grants& server, const question& asked) const;
    static task<void> ask(std::shared_ptr<const state> who, std::shared_ptr<round> in, grants server,
                          question asked);
    static task<vote> ask_all(std::shared_ptr<const state> who, question asked);
};

task<bool> candidate::state::take(grants& server, const question& asked) const {
    const auto answer =
        co_await server.acquire(owner, terms{asked.lease}, asked.answer_by, [this] { return !has_left; });
    co_return answer.granted;
}

/// A key that a server has lost is made again there, but counts from the next time on: another may have been
/// granted it meanwhile.
task<bool> candidate::state::extend(grants& server, const question& asked) const {
    const auto answer = co_await server.renew(owner, asked.lease, asked.answer_by);
    const bool gone = !answer.granted && !answer.remaining;
    if (gone && !has_left) co_await take(server, asked);
    co_return answer.granted;
}

task<bool> candidate::state::put(grants& server, const question& asked) const {
    if (asked.what == question::verb::extend) co_return co_await extend(server, asked);
    if (asked.what == question::verb::take) co_return co_await take(server, asked);
    const auto outcome = co_await server.release(owner, asked.answer_by);
    co_return outcome == release_outcome::released;
}

task<void> candidate::state::ask(std::shared_ptr<const state> who, std::shared_ptr<round> in, grants server,
                                 question asked) {
    try {
        const bool granted = co_await who->put(server, asked);
        granted ? in->votes.grant() : in->votes.refuse();
    } catch (...) {
        in->votes.fail();
        in->failure = std::current_exception();
    }
    if (in->votes.result() != ballot::verdict::open || in->votes.heard_majority()) in->stirred.wake();
}

namespace {

/// The vote may hang on a server that hangs. Where a majority has answered, and not in our favour, the others
/// get twice that time again: a lost round costs a pause, a wait for the dead would cost every round.
deadline stragglers_due(deadline asked_at) {
    constexpr std::chrono::milliseconds least{2};
    const auto now = steady::now();
    return now + std::max<steady::duration>(2 * (now - asked_at), least);
}

}  // namespace

task<vote> candidate::state::ask_all(std::shared_ptr<const state> who, question asked) {
    const auto start = steady::now();
    auto all = std::make_shared<round>(who->executor, who->masters.size());
    for (const auto& master : who->masters)
        spawn(who->executor, ask(who, all, grants(master, who->keys), asked));
    // Every server has failed by then; the extra time only lets their answers arrive here.
    auto until = asked.answer_by + least_answer_time;
    auto if_open = ballot::verdict::failed;
    while (all->votes.result() == ballot::verdict::open && steady::now() < until) {
        co_await all->stirred.wait_until(until);
        if (asked.what != question::verb::take || !all->votes.heard_majority()) continue;
        until = std::min(until, stragglers_due(start));
        if_open = ballot::verdict::refused;
    }
    auto verdict = all->votes.result();
    // With the failed the lease may still have its majority, so it is not lost.
    const bool undecided = verdict == ballot::verdict::refused && !all->votes.majority_refused();
    if (asked.what == question::verb::extend && undecided) verdict = ballot::verdict::failed;
    co_return vote{verdict == ballot::verdict::open ? if_open : verdict, all->failure};
}

candidate::candidate(asio::any_io_executor executor, redis_masters masters, const lock_name& name,
                     owner_id owner)
    : state_(std::make_shared<state>(std::move(executor), std::move(masters), lock_keys::of_redlock(name),
                                     std::move(owner))) {}

const owner_id& candidate::owner() const { return state_->owner; }

task<vote> candidate::take(std::chrono::milliseconds lease, deadline answer_by) const {
    return state::ask_all(state_, {question::verb::take, lease, answer_by});
}

task<vote> candidate::extend(std::chrono::milliseconds lease, deadline answer_by) const {
    return state::ask_all(state_, {question::verb::extend, lease, answer_by});
}

task<vote> candidate::give_back(deadline answer_by) const {
    state_->has_left = true;
    return state::ask_all(state_, {question::verb::give_back, {}, answer_by});
}

void candidate::leave() const {
    spawn(state_->executor,
          [](candidate who) -> task<void> { co_await who.give_back(after(clean_up_time)); }(*this));
}

}  // namespace dibs::locks
