#include "locks/masters.hpp"

#include "core/wakeup.hpp"
#include "locks/background.hpp"
#include "locks/grants.hpp"
#include "locks/timing.hpp"
#include "locks/withdrawal.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace dibs::locks {
namespace {

/// One round over all servers; outlives its caller while a slow one has not answered.
struct round {
    round(const asio::any_io_executor& executor, std::size_t servers) : votes(servers), decided(executor) {}
    ballot votes;
    wakeup decided;
    std::exception_ptr failure;
};

using question = std::function<task<bool>(grants)>;

task<void> ask(std::shared_ptr<round> in, grants server, question what) {
    try {
        if (co_await what(std::move(server)))
            in->votes.grant();
        else
            in->votes.refuse();
    } catch (...) {
        in->votes.fail();
        in->failure = std::current_exception();
    }
    if (in->votes.result() != ballot::verdict::open) in->decided.wake();
}

task<vote> ask_all(asio::any_io_executor executor, std::vector<redis::connection*> masters, lock_name name,
                   question what, deadline answer_by) {
    auto all = std::make_shared<round>(executor, masters.size());
    for (auto* master : masters)
        in_background(executor, ask(all, grants(*master, lock_keys::of_redlock(name)), what));
    // Every server has failed by then; the extra time only lets their answers arrive here.
    co_await all->decided.wait_until(answer_by + least_answer_time);
    auto verdict = all->votes.result();
    if (verdict == ballot::verdict::open) verdict = ballot::verdict::failed;
    co_return vote{verdict, all->failure};
}

}  // namespace

task<vote> take_majority(asio::any_io_executor executor, std::vector<redis::connection*> masters,
                         lock_request request, owner_id owner, deadline answer_by) {
    question take = [request, owner, answer_by](grants server) -> task<bool> {
        const auto answer = co_await server.acquire(owner, request.lease, answer_by);
        co_return answer.granted;
    };
    co_return co_await ask_all(std::move(executor), std::move(masters), request.name, std::move(take),
                               answer_by);
}

task<vote> release_majority(asio::any_io_executor executor, std::vector<redis::connection*> masters,
                            lock_name name, owner_id owner, deadline answer_by) {
    question release = [owner, answer_by](grants server) -> task<bool> {
        co_return co_await server.release(owner, answer_by) == release_outcome::released;
    };
    co_return co_await ask_all(std::move(executor), std::move(masters), std::move(name), std::move(release),
                               answer_by);
}

}  // namespace dibs::locks
