#include "redis/connection_core.hpp"

#include "core/random.hpp"
#include "core/spawn.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace dibs::redis {
namespace {

constexpr auto timer_precision = std::chrono::milliseconds(1);

}  // namespace

connection::core::core(asio::any_io_executor executor, endpoint target, connection_options options)
    : executor_(std::move(executor)),
      target_(std::move(target)),
      names_(names_of(executor_, target_)),
      options_(options),
      line_({options.max_requests, options.max_reply_size, options.silence_limit}),
      socket_(executor_),
      timer_(executor_),
      pause_(executor_),
      reconnect_({options.first_backoff, options.longest_backoff}, random_seed()) {}

void connection::core::admit(const call& asked) const {
    const auto reject = [&](fault kind, const char* cause) {
        throw error(kind, target_.describe(), asked.what.describe(), cause);
    };
    if (closed_) reject(fault::closed, "the connection was closed");
    if (asked.until <= steady::now())
        reject(fault::unavailable, "the deadline had passed before it was sent");
    if (line_.outstanding() >= options_.max_requests)
        reject(fault::exhausted, "too many requests are waiting");
}

void connection::core::start(call& asked) {
    [[maybe_unused]] const bool taken = line_.add(asked);  // admit() has seen to the bound
    arm();
    if (connected_) {
        request_flush();
    } else if (!driving_) {
        driving_ = true;
        // what a resumed coroutine's owner throws is not ours to swallow
        auto rethrow = [self = shared_from_this()](const std::exception_ptr& failed) {
            if (failed) std::rethrow_exception(failed);
        };
        spawn(executor_, drive(), stop_driving_.slot(), std::move(rethrow));
    }
}

void connection::core::cancel(call& asked) {
    if (!asked.waiting) return;
    line_.give_up(asked);
    asked.failed = std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted));
    resume_later(asked);
}

void connection::core::shut_down(const char* why) {
    if (std::exchange(closed_, true)) return;
    outcomes batch;
    line_.lose(why, batch);
    line_.refuse_queued({fault::closed, why}, batch);
    for (auto& ended : batch) {
        auto& asked = static_cast<call&>(*ended.who);
        asked.failed = to_exception(asked, {fault::closed, why});
        resume_later(asked);
    }
    connected_ = false;
    client_.reset();
    timer_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
    // spawn's handler runs later when it is not called on the executor, and we may be gone by then
    asio::post(executor_,
               [self = shared_from_this()] { self->stop_driving_.emit(asio::cancellation_type::terminal); });
}

// Writing.

void connection::core::request_flush() {
    if (delivering_ || flush_posted_ || socket_full_) return;  // one of them will do it
    flush_posted_ = true;
    asio::post(executor_, [self = shared_from_this()] {
        self->flush_posted_ = false;
        self->flush();
    });
}

void connection::core::flush() {
    while (connected_ && !socket_full_) {
        const std::string_view bytes = line_.output();
        if (bytes.empty()) return;
        boost::system::error_code failed;
        line_.written(socket_.write_some(asio::buffer(bytes), failed));
        if (failed == asio::error::would_block) {
            socket_full_ = true;
            socket_.async_wait(stream_socket::wait_write,
                               [self = shared_from_this(), made = generation_](boost::system::error_code) {
                                   if (made != self->generation_) return;
                                   self->socket_full_ = false;
                                   self->flush();
                               });
        } else if (failed) {
            return hang_up(failed.message());
        }
    }
}

/// The reader meets the end and tells those who wait.
void connection::core::hang_up(const std::string& cause) {
    hung_up_ = cause;
    boost::system::error_code ignored;
    socket_.shutdown(stream_socket::shutdown_both, ignored);
    socket_full_ = true;
}

// Deadlines.

void connection::core::arm() {
    const deadline next = line_.next_expiry();
    if (next >= armed_) return;
    armed_ = std::max(next, swept_ + timer_precision);
    timer_.expires_at(armed_);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
        if (!cancelled) self->sweep();
    });
}

void connection::core::sweep() {
    swept_ = steady::now();
    armed_ = deadline::max();
    outcomes batch = spare_batch();
    line_.expire(swept_, batch);
    if (connected_ && line_.silent()) hang_up("the server owes an answer and has gone silent");
    arm();
    deliver(std::move(batch));
}

// Ending requests.

/// Resumes the coroutines one after the other, here and now: what they send goes out in one write at the end.
void connection::core::deliver(outcomes batch) {
    delivering_ = true;
    for (auto& ended : batch) {
        auto& asked = static_cast<call&>(*ended.who);
        if (!asked.waiting) continue;  // cancelled by one before it
        if (!asked.failed) settle(asked, ended);
        const auto waiting = std::move(asked.waiting);
        try {
            waiting->resume();
        } catch (...) {  // a strand does not catch what its handlers throw: it is io_context::run's to throw
            asio::post(executor_, [thrown = std::current_exception()] { std::rethrow_exception(thrown); });
        }
    }
    delivering_ = false;
    batch.clear();
    spare_ = std::move(batch);
    flush();
}

void connection::core::settle(call& asked, outcome& ended) const {
    if (auto* why = std::get_if<failure>(&ended.result)) {
        asked.failed = to_exception(asked, *why);
        return;
    }
    asked.answer = std::move(std::get<reply>(ended.result));
    if (asked.answer.kind() == reply::type::error)
        asked.failed = to_exception(asked, {fault::refused, asked.answer.text()});
}

std::exception_ptr connection::core::to_exception(const call& asked, const failure& why) const {
    const auto backend = target_.describe();
    const auto subject = asked.what.describe();
    switch (why.kind) {
        case fault::refused: return std::make_exception_ptr(refusal(backend, subject, why.cause));
        case fault::in_doubt:
        case fault::timeout:
            return std::make_exception_ptr(lost_reply(why.kind, backend, subject, why.cause, client_));
        default: return std::make_exception_ptr(error(why.kind, backend, subject, why.cause));
    }
}

void connection::core::resume_later(call& asked) {
    asio::post(executor_, [waiting = std::move(asked.waiting)] { waiting->resume(); });
}

}  // namespace dibs::redis
