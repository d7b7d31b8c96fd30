#include "locks/pubsub.hpp"

#include "locks/single_key.hpp"
#include "locks/timing.hpp"

#include <algorithm>
#include <utility>

namespace dibs::locks {
namespace {

/// A lock that was deleted, or whose server lost its data, is nobody's to tell of.
constexpr std::chrono::seconds longest_rest{5};

}  // namespace

pubsub_locker::pubsub_locker(asio::any_io_executor executor, redis_server server, message_source messages)
    : executor_(std::move(executor)),
      server_(std::move(server)),
      messages_(std::move(messages)),
      names_(
          executor_, idle_name_time,
          [this](const lock_name& name) { return std::make_shared<single_key>(executor_, server_, name); }),
      bells_(executor_, idle_name_time,
             [this](const lock_name&) { return std::make_shared<bell>(executor_); }) {}

task<std::optional<lease>> pubsub_locker::acquire(lock_request request) {
    const auto until = after(request.wait);
    const bool waits = request.wait > request.wait.zero();
    const auto key = names_.of(request.name);
    const auto pass = co_await key->door.enter(until);
    if (!pass) {
        if (waits) co_await ping(answer_deadline(until));
        co_return std::nullopt;
    }
    std::shared_ptr<bell> waiting;
    for (int tries = 1;; ++tries) {
        const auto owner = owners_.next();
        auto tried =
            co_await try_once(executor_, key->scripts, request, owner, answer_deadline(until), tries);
        if (tried.granted) co_return std::move(tried.granted);
        const auto now = steady::now();
        if (now >= until) co_return std::nullopt;
        if (!waiting) waiting = bells_.of(request.name);
        if (!waiting->subscription.active()) {
            co_await listen(waiting, key->scripts.keys().free_channel(), until);
            continue;  // a release before the subscription stood went unheard
        }
        auto next_try = std::min(until, now + longest_rest);
        if (tried.remaining)
            next_try = std::min(next_try, now + *tried.remaining + std::chrono::milliseconds(1));
        co_await waiting->rung.wait_until(next_try);
    }
}

void pubsub_locker::closed() {
    bells_.for_each([](bell& one) { one.rung.wake(); });
}

task<void> pubsub_locker::listen(std::shared_ptr<bell> to, std::string channel, deadline until) {
    const std::weak_ptr<bell> weak = to;
    redis::subscriber::resubscribed ring = [weak] {
        if (const auto alive = weak.lock()) alive->rung.wake();
    };
    redis::subscriber::handler on_message = [ring](std::string_view, std::string_view) { ring(); };
    to->subscription = co_await messages_->subscribe(std::move(channel), std::move(on_message),
                                                     std::move(ring), answer_deadline(until));
}

}  // namespace dibs::locks
