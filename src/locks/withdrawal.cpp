#include "locks/withdrawal.hpp"

#include "core/log.hpp"
#include "core/spawn.hpp"
#include "locks/timing.hpp"
#include "redis/connection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace dibs::locks {
namespace {

constexpr std::ptrdiff_t most_at_once = 500;  // others wait for the server meanwhile
constexpr std::chrono::milliseconds pause_between_tries{20};

/// False: what ended with `cause` was not carried out.
bool may_have_run(const std::exception_ptr& cause, lost_connections& lost) {
    if (!cause) return true;
    try {
        std::rethrow_exception(cause);
    } catch (const error& failure) {
        lost.add(failure);
        return failure.in_doubt();
    } catch (...) {
        return true;  // the waiter was cancelled
    }
}

task<void> undo_once(const grants& scripts, const leavers& who, lost_connections& lost) {
    const auto until = after(clean_up_time);
    co_await lost.kill(scripts, until);
    co_await scripts.cancel(who.entries, until);
}

bool may_yet_work(const error& failure) {
    if (failure.in_doubt() || failure.kind() == fault::unavailable) return true;
    const auto* refused = dynamic_cast<const redis::refusal*>(&failure);
    return refused && refused->passes_with_time();
}

/// Until it is answered, or what was granted has ended by itself: a network that failed once may fail again.
task<void> undo(grants scripts, leavers who, lost_connections& lost) {
    const auto over = after(who.longest_lease);
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (;;) {
        try {
            co_await undo_once(scripts, who, lost);
            // What was lost meanwhile may undo it in turn.
            if (!lost.any() || steady::now() >= over) co_return;
        } catch (const error& failure) {
            if (!may_yet_work(failure) || steady::now() >= over) throw;
            lost.add(failure);
        }
        pause.expires_after(pause_between_tries);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

task<void> undo_alone(grants scripts, leavers who, lost_connections lost) {
    co_await undo(std::move(scripts), std::move(who), lost);
}

void warn(const std::string& prefix) {
    log(log_level::warning, "{}: what a waiter left could not be cleaned up, and ends with its lease",
        prefix);
}

}  // namespace

void withdraw(const asio::any_io_executor& executor, grants scripts, const owner_id& owner, terms wanted,
              const std::exception_ptr& cause) {
    lost_connections lost;
    if (!may_have_run(cause, lost)) return;
    auto tell = [prefix = scripts.keys().prefix](const std::exception_ptr& failed) {
        if (failed) warn(prefix);
    };
    leavers alone;
    alone.add(owner, wanted);
    spawn(executor, undo_alone(std::move(scripts), std::move(alone), std::move(lost)), std::move(tell));
}

void lost_connections::add(const error& failure) {
    const auto* lost = dynamic_cast<const redis::lost_reply*>(&failure);
    if (lost && lost->client()) clients_.insert(*lost->client());
}

task<void> lost_connections::kill(const grants& scripts, deadline until) {
    while (!clients_.empty()) {
        const auto one = *clients_.begin();
        co_await scripts.kill_client(one, until);
        clients_.erase(one);
    }
}

void leavers::add(const owner_id& owner, const terms& wanted) {
    entries.push_back(grants::entry(owner, wanted));
    longest_lease = std::max(longest_lease, wanted.lease);
}

void withdrawals::add(const owner_id& owner, const terms& wanted) {
    gathered_.add(owner, wanted);
    if (!std::exchange(under_way_, true)) spawn(executor_, go(shared_from_this()));
}

leavers withdrawals::next() {
    auto& all = gathered_.entries;
    if (std::ssize(all) <= most_at_once) return std::exchange(gathered_, {});
    leavers some{{}, gathered_.longest_lease};
    const auto end = all.begin() + most_at_once;
    some.entries.assign(std::move_iterator(all.begin()), std::move_iterator(end));
    all.erase(all.begin(), end);
    return some;
}

task<void> withdrawals::go(std::shared_ptr<withdrawals> all) {
    while (!all->gathered_.entries.empty()) {
        try {
            co_await undo(all->scripts_, all->next(), all->lost_);
        } catch (const std::exception&) {  // whatever it was, those after them are to leave as well
            warn(all->scripts_.keys().prefix);
        }
    }
    all->under_way_ = false;
}

}  // namespace dibs::locks
