#include "locks/masters.hpp"

#include "core/spawn.hpp"
#include "core/wakeup.hpp"
#include "locks/grants.hpp"
#include "locks/timing.hpp"
#include "locks/withdrawal.hpp"

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
    owner_id owner;
    std::chrono::milliseconds lease;
    deadline answer_by;
};

/// A key that a server has lost is made again there, but counts from the next time on: another may have been
/// granted it meanwhile.
task<bool> extend(grants& server, const question& asked) {
    const auto answer = co_await server.renew(asked.owner, asked.lease, asked.answer_by);
    const bool gone = !answer.granted && !answer.remaining;
    if (gone) co_await server.acquire(asked.owner, terms{asked.lease}, asked.answer_by);
    co_return answer.granted;
}

task<bool> put(grants& server, const question& asked) {
    if (asked.what == question::verb::extend) co_return co_await extend(server, asked);
    if (asked.what == question::verb::give_back) {
        const auto outcome = co_await server.release(asked.owner, asked.answer_by);
        co_return outcome == release_outcome::released;
    }
    const auto answer = co_await server.acquire(asked.owner, terms{asked.lease}, asked.answer_by);
    co_return answer.granted;
}

task<void> ask(std::shared_ptr<round> in, grants server, question asked) {
    try {
        const bool granted = co_await put(server, asked);
        granted ? in->votes.grant() : in->votes.refuse();
    } catch (...) {
        in->votes.fail();
        in->failure = std::current_exception();
    }
    if (in->votes.result() != ballot::verdict::open || in->votes.heard_majority()) in->stirred.wake();
}

/// The vote may hang on a server that hangs. Where a majority has answered, and not in our favour, the others
/// get twice that time again: a lost round costs a pause, a wait for the dead would cost every round.
deadline stragglers_due(deadline asked_at) {
    constexpr std::chrono::milliseconds least{2};
    const auto now = steady::now();
    return now + std::max<steady::duration>(2 * (now - asked_at), least);
}

task<vote> ask_all(asio::any_io_executor executor, redis_masters masters, lock_name name, question asked) {
    const auto start = steady::now();
    auto all = std::make_shared<round>(executor, masters.size());
    for (const auto& master : masters)
        spawn(executor, ask(all, grants(master, lock_keys::of_redlock(name)), asked));
    // Every server has failed by then; the extra time only lets their answers arrive here.
    auto until = asked.answer_by + least_answer_time;
    auto if_open = ballot::verdict::failed;
    while (all->votes.result() == ballot::verdict::open && steady::now() < until) {
        co_await all->stirred.wait_until(until);
        if (asked.what != question::verb::take || !all->votes.heard_majority()) continue;
        until = std::min(until, stragglers_due(start));
        if_open = ballot::verdict::refused;
    }
    const auto verdict = all->votes.result();
    co_return vote{verdict == ballot::verdict::open ? if_open : verdict, all->failure};
}

}  // namespace

task<vote> take_majority(asio::any_io_executor executor, redis_masters masters, lock_request request,
                         owner_id owner, deadline answer_by) {
    question asked{question::verb::take, std::move(owner), request.lease, answer_by};
    return ask_all(std::move(executor), std::move(masters), std::move(request.name), std::move(asked));
}

task<vote> extend_majority(asio::any_io_executor executor, redis_masters masters, lock_request request,
                           owner_id owner, deadline answer_by) {
    question asked{question::verb::extend, std::move(owner), request.lease, answer_by};
    return ask_all(std::move(executor), std::move(masters), std::move(request.name), std::move(asked));
}

task<vote> release_majority(asio::any_io_executor executor, redis_masters masters, lock_name name,
                            owner_id owner, deadline answer_by) {
    question asked{question::verb::give_back, std::move(owner), {}, answer_by};
    return ask_all(std::move(executor), std::move(masters), std::move(name), std::move(asked));
}

}  // namespace dibs::locks
