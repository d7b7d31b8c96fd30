#include "locks/queue.hpp"

#include "locks/timing.hpp"
#include "locks/withdrawal.hpp"

#include <utility>

namespace dibs::locks {

queue_locker::queue_locker(algorithm kind, asio::any_io_executor executor, redis_server server,
                           message_source messages)
    : kind_(kind),
      executor_(std::move(executor)),
      server_(std::move(server)),
      lines_(executor_, idle_name_time, [this, messages = std::move(messages)](const lock_name& name) {
          return std::make_shared<waiting_line>(executor_, grants(server_, lock_keys::with_queue(name)),
                                                messages, name, owners_.process());
      }) {}

task<std::optional<lease>> queue_locker::acquire(lock_request request) {
    const auto until = after(request.wait);
    const bool waits = request.wait > request.wait.zero();
    const auto wanted = terms_of(request);
    const auto line = lines_.of(request.name);
    line->admit();
    auto owner = owners_.next();
    // Registered before the request is sent: the grant may overtake the reply.
    std::optional<waiting_line::place> place(std::in_place, line, owner, wanted);
    const auto sent = steady::now();
    attempt answer;
    try {
        const auto busy = waits ? grants::when_busy::stand_in_queue : grants::when_busy::give_up;
        answer = co_await line->scripts().enqueue(owner, wanted, busy, answer_deadline(until));
    } catch (...) {
        place->settled();
        withdraw(executor_, line->scripts(), owner, wanted, std::current_exception());
        throw;
    }
    line->observe(sent, answer);
    const bool granted = answer.granted && steady::now() < valid_until(sent, request.lease);
    if (granted || (!answer.granted && !waits)) place->settled();
    if (granted) co_return granted_at_once(*line, std::move(request), std::move(owner), answer, sent);
    if (!waits) co_return std::nullopt;
    if (!answer.granted) {
        co_await place->turn().wait_until(until);
        auto held = granted_by_turn(*line, *place);
        if (held) co_return held;
    }
    if (steady::now() >= until) co_return std::nullopt;
    // It was over before we heard of it: this process was stopped, or the network is slow.
    place.reset();
    request.wait = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
    co_return co_await acquire(std::move(request));
}

// Not part of the coroutine: its frame is what a waiter costs.
lease queue_locker::granted_at_once(waiting_line& line, lock_request request, owner_id owner,
                                    const attempt& answer, deadline sent) const {
    redis_hold::grant grant{std::move(request.name), std::move(owner), answer.token,
                            answer.tokens,           request.lease,    valid_until(sent, request.lease)};
    return {executor_, std::make_shared<redis_hold>(line.scripts(), std::move(grant))};
}

std::optional<lease> queue_locker::granted_by_turn(waiting_line& line, waiting_line::place& place) const {
    auto granted = place.take();
    if (!granted) return std::nullopt;
    auto held = std::make_shared<redis_hold>(line.scripts(), std::move(*granted));
    line.confirm_later(held);
    return lease(executor_, std::move(held));
}

void queue_locker::closed() {
    lines_.for_each([](waiting_line& line) { line.closed(); });
}

}  // namespace dibs::locks
