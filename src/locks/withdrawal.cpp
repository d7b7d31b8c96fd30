#include "locks/withdrawal.hpp"

#include "core/log.hpp"
#include "core/spawn.hpp"
#include "locks/timing.hpp"
#include "redis/connection.hpp"

#include <dibs/error.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

namespace dibs::locks {
namespace {

constexpr std::ptrdiff_t most_at_once = 500;  // others wait for the server meanwhile
constexpr std::chrono::milliseconds pause_between_tries{20};

struct doubt {
    bool may_have_run = true;
    std::optional<std::int64_t> lost_client;  // Redis's id of the connection it was sent on
};

doubt doubt_of(const std::exception_ptr& cause) {
    if (!cause) return {};
    try {
        std::rethrow_exception(cause);
    } catch (const redis::lost_reply& lost) {
        return {true, lost.client_id()};
    } catch (const error& failure) {
        return {failure.in_doubt(), std::nullopt};
    } catch (...) {
        return {};  // the waiter was cancelled
    }
}

task<void> undo_once(const grants& scripts, const leavers& who, const std::set<std::int64_t>& lost_clients) {
    const auto until = after(clean_up_time);
    for (const auto id : lost_clients) co_await scripts.kill_client(id, until);
    co_await scripts.cancel(who.entries, until);
}

bool may_yet_work(const error& failure) {
    if (failure.in_doubt() || failure.kind() == fault::unavailable) return true;
    const auto* refused = dynamic_cast<const redis::refusal*>(&failure);
    // A server that starts, that runs another's script, that is not the master yet.
    return refused &&
           (refused->code() == "LOADING" || refused->code() == "BUSY" || refused->code() == "READONLY");
}

/// Until it is answered, or what was granted has ended by itself: a network that failed once may fail again.
task<void> undo(grants scripts, leavers who, std::optional<std::int64_t> lost_client) {
    const auto over = after(who.longest_lease);
    std::set<std::int64_t> lost_clients;
    if (lost_client) lost_clients.insert(*lost_client);
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (;;) {
        try {
            co_await undo_once(scripts, who, lost_clients);
            co_return;
        } catch (const error& failure) {
            if (!may_yet_work(failure) || steady::now() >= over) throw;
            // What this one left on its connection is not to run later either.
            const auto* cut = dynamic_cast<const redis::lost_reply*>(&failure);
            if (cut && cut->client_id()) lost_clients.insert(*cut->client_id());
        }
        pause.expires_after(pause_between_tries);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

void warn(const std::string& prefix) {
    log(log_level::warning, "{}: what a waiter left could not be cleaned up, and ends with its lease",
        prefix);
}

}  // namespace

void withdraw(const asio::any_io_executor& executor, grants scripts, const owner_id& owner, terms wanted,
              const std::exception_ptr& cause) {
    const auto found = doubt_of(cause);
    if (!found.may_have_run) return;
    auto tell = [prefix = scripts.keys().prefix](const std::exception_ptr& failed) {
        if (failed) warn(prefix);
    };
    leavers alone;
    alone.add(owner, wanted);
    spawn(executor, undo(std::move(scripts), std::move(alone), found.lost_client), std::move(tell));
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
            co_await undo(all->scripts_, all->next(), std::nullopt);
        } catch (const std::exception&) {  // whatever it was, those after them are to leave as well
            warn(all->scripts_.keys().prefix);
        }
    }
    all->under_way_ = false;
}

}  // namespace dibs::locks
