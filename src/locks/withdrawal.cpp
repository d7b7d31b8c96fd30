#include "locks/withdrawal.hpp"

#include "core/log.hpp"
#include "core/spawn.hpp"
#include "locks/timing.hpp"
#include "redis/connection.hpp"

#include <dibs/error.hpp>

#include <optional>
#include <utility>

namespace dibs::locks {
namespace {

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

task<void> undo_once(grants scripts, owner_id owner, terms wanted, std::optional<std::int64_t> lost_client) {
    const auto until = after(clean_up_time);
    if (lost_client) co_await scripts.kill_client(*lost_client, until);
    co_await scripts.cancel(owner, wanted, until);
}

/// Until it is answered, or what was granted has ended by itself: a network that failed once may fail again.
task<void> undo(grants scripts, owner_id owner, terms wanted, std::optional<std::int64_t> lost_client) {
    const auto over = after(wanted.lease);
    for (;;) {
        try {
            co_await undo_once(scripts, owner, wanted, lost_client);
            co_return;
        } catch (const error& failure) {
            const bool may_yet_work = failure.in_doubt() || failure.kind() == fault::unavailable;
            if (!may_yet_work || steady::now() >= over) throw;
        }
    }
}

}  // namespace

void withdraw(const asio::any_io_executor& executor, grants scripts, owner_id owner, terms wanted,
              const std::exception_ptr& cause) {
    const auto found = doubt_of(cause);
    if (!found.may_have_run) return;
    auto tell = [prefix = scripts.keys().prefix](const std::exception_ptr& failed) {
        if (failed)
            log(log_level::warning, "{}: what a waiter left could not be cleaned up, and ends with its lease",
                prefix);
    };
    spawn(executor, undo(std::move(scripts), std::move(owner), wanted, found.lost_client), std::move(tell));
}

}  // namespace dibs::locks
