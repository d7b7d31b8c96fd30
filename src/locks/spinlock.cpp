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
      server_(std::move(server)),
      names_(
          executor_, idle_name_time,
          [this](const lock_name& name) { return std::make_shared<single_key>(executor_, server_, name); }),
      random_(static_cast<std::minstd_rand::result_type>(random_seed())) {}

task<std::optional<lease>> spinlock_locker::acquire(lock_request request) {
    const auto until = after(request.wait);
    const bool waits = request.wait > request.wait.zero();
    const auto key = names_.of(request.name);
    const auto pass = co_await key->door.enter(until);
    if (!pass) {
        if (waits) co_await ping(answer_deadline(until));
        co_return std::nullopt;
    }
    backoff pauses(key->holds.usual());
    const auto first_try = steady::now();
    asio::steady_timer pause(executor_);
    for (int tries = 1;; ++tries) {
        const auto owner = owners_.next();
        auto tried =
            co_await try_once(executor_, key->scripts, request, owner, answer_deadline(until), tries);
        const auto now = steady::now();
        const auto waited = std::chrono::duration_cast<backoff::microseconds>(now - first_try);
        // Whoever came next while another held the lock saw about one hold of it.
        if (tried.granted && tries > 1) key->holds.observe(waited);
        if (tried.granted) co_return std::move(tried.granted);
        if (now >= until) co_return std::nullopt;
        auto next_try = now + pauses.next(random_, waited);
        if (tried.remaining)
            next_try = std::min(next_try, now + *tried.remaining + std::chrono::milliseconds(1));
        pause.expires_at(std::min(next_try, until));
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace dibs::locks
