#include "locks/queue.hpp"

#include "locks/timing.hpp"
#include "locks/withdrawal.hpp"

#include <utility>

namespace dibs::locks {

queue_locker::queue_locker(algorithm kind, asio::any_io_executor executor, redis_server server,
                           message_source messages)
    : kind_(kind),
      executor_(std::move(executor)),
      lines_(executor_, idle_name_time,
             [this, server = std::move(server), messages = std::move(messages)](const lock_name& name) {
                 return std::make_shared<waiting_line>(executor_, grants(server, lock_keys::with_queue(name)),
                                                       messages, name, owners_.process());
             }) {}

task<std::optional<lease>> queue_locker::acquire(lock_request request) {
    const auto until = after(request.wait);
    const auto line = lines_.of(request.name);
    const auto owner = owners_.next();
    // Registered before the request is sent: the grant may overtake the reply.
    waiting_line::place place(line, owner, request.lease);
    const auto sent = steady::now();
    const auto answer = co_await enqueue(*line, place, request, owner);
    line->observe(sent, answer);
    if (answer.granted) {
        place.settled();
        redis_hold::grant grant{request.name, owner, answer.token, request.lease,
                                valid_until(sent, request.lease)};
        co_return lease(executor_, std::make_shared<redis_hold>(line->scripts(), std::move(grant)));
    }
    if (request.wait <= request.wait.zero()) {
        place.settled();
        co_return std::nullopt;
    }
    auto granted = co_await place.wait_until(until);
    if (!granted) co_return std::nullopt;
    auto held = std::make_shared<redis_hold>(line->scripts(), std::move(*granted));
    line->confirm_later(held);
    co_return lease(executor_, std::move(held));
}

void queue_locker::closed() {
    lines_.for_each([](waiting_line& line) { line.closed(); });
}

task<attempt> queue_locker::enqueue(waiting_line& line, waiting_line::place& place, lock_request request,
                                    owner_id owner) {
    const auto busy =
        request.wait > request.wait.zero() ? grants::when_busy::stand_in_queue : grants::when_busy::give_up;
    try {
        co_return co_await line.scripts().enqueue(owner, request.lease, busy,
                                                  answer_deadline(after(request.wait)));
    } catch (...) {
        place.settled();
        withdraw(executor_, line.scripts(), std::move(owner), request.lease, std::current_exception());
        throw;
    }
}

}  // namespace dibs::locks
