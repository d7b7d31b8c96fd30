#include "locks/spinlock.hpp"

#include "locks/backoff.hpp"
#include "locks/single_key.hpp"
#include "locks/timing.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace dibs::locks {

spinlock_locker::spinlock_locker(asio::any_io_executor executor, redis_server server)
    : executor_(std::move(executor)),
      names_(executor_, idle_name_time,
             [this, server = std::move(server)](const lock_name& name) {
                 return std::make_shared<single_key>(executor_, server, name);
             }),
      random_(static_cast<std::minstd_rand::result_type>(random_seed())) {}

task<std::optional<lease>> spinlock_locker::acquire(lock_request request) {
    const auto start = steady::now();
    const auto until = start + request.wait;
    const auto key = names_.of(request.name);
    const auto pass = co_await key->door.enter(until);
    if (!pass) co_return std::nullopt;
    const auto owner = owners_.next();
    backoff pauses;
    asio::steady_timer pause(executor_);
    for (int tries = 1;; ++tries) {
        auto tried =
            co_await try_once(executor_, key->scripts, request, owner, answer_deadline(until), tries);
        if (tried.granted) co_return std::move(tried.granted);
        const auto now = steady::now();
        if (now >= until) co_return std::nullopt;
        const auto waited = std::chrono::duration_cast<backoff::microseconds>(now - start);
        auto next_try = now + pauses.next(random_, waited);
        if (tried.remaining)
            next_try = std::min(next_try, now + *tried.remaining + std::chrono::milliseconds(1));
        pause.expires_at(std::min(next_try, until));
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace dibs::locks
