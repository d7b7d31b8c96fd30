#include "redis/subscriber_core.hpp"

#include "core/log.hpp"
#include "core/random.hpp"
#include "core/spawn.hpp"
#include "redis/command.hpp"
#include "redis/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace dibs::redis::detail {
namespace {

constexpr std::size_t max_message_size = 64UL << 20U;

/// A handler's exception must not end the reader, which serves others as well.
template <class Call>
void guarded(const std::string& channel, Call call) {
    try {
        call();
    } catch (const std::exception& failed) {
        log(log_level::error, "the handler of channel {} failed: {}", channel, failed.what());
    } catch (...) {
        log(log_level::error, "the handler of channel {} failed", channel);
    }
}

}  // namespace

subscriber_core::subscriber_core(asio::any_io_executor executor, endpoint target, subscriber_options options)
    : executor_(std::move(executor)),
      target_(std::move(target)),
      names_(names_of(executor_, target_)),
      options_(options),
      decoder_(max_message_size),
      socket_(executor_),
      ping_(executor_),
      pause_(executor_),
      reconnect_({options.first_backoff, options.longest_backoff}, random_seed()) {}

std::shared_ptr<listener> subscriber_core::make_listener(std::string channel) const {
    return std::make_shared<listener>(executor_, std::move(channel));
}

void subscriber_core::add(const std::shared_ptr<listener>& who) {
    if (closed_)
        throw error(fault::closed, target_.describe(), "SUBSCRIBE " + who->channel,
                    "the subscriber was closed");
    if (table_.add(who->channel, who)) send("SUBSCRIBE", who->channel);
    if (table_.confirmed(who->channel)) who->settled.set();
    if (driving_) return;
    driving_ = true;
    auto rethrow = [self = shared_from_this()](const std::exception_ptr& failed) {
        if (failed) std::rethrow_exception(failed);
    };
    spawn(executor_, drive(), stop_driving_.slot(), std::move(rethrow));
}

void subscriber_core::remove(listener& who) {
    who.active = false;
    if (table_.remove(who.channel, who)) send("UNSUBSCRIBE", who.channel);
}

void subscriber_core::too_late(const listener& who) const {
    const auto kind = connected_ ? fault::timeout : fault::unavailable;
    const auto cause = connected_ || obstacle_.empty() ? "not confirmed before the deadline"
                                                       : "not connected before the deadline: " + obstacle_;
    throw error(kind, target_.describe(), "SUBSCRIBE " + who.channel, cause);
}

void subscriber_core::shut_down(const char* why) {
    if (std::exchange(closed_, true)) return;
    const auto everybody = table_.clear();
    fail(everybody, fault::closed, why);
    connected_ = false;
    ping_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
    // spawn's handler runs later when it is not called on the executor, and we may be gone by then
    asio::post(executor_,
               [self = shared_from_this()] { self->stop_driving_.emit(asio::cancellation_type::terminal); });
}

void subscriber_core::fail(const listeners& who, fault kind, const std::string& cause) {
    for (const auto& one : who) {
        one->active = false;
        const auto subject = "SUBSCRIBE " + one->channel;
        one->failed = kind == fault::refused
                          ? std::make_exception_ptr(refusal(target_.describe(), subject, cause))
                          : std::make_exception_ptr(error(kind, target_.describe(), subject, cause));
        one->settled.set();
    }
}

// The one that connects and reads.

task<void> subscriber_core::drive() {
    try {
        while (!closed_ && table_.size() > 0) {
            co_await connect();
            if (connected_) co_await listen();
        }
    } catch (const boost::system::system_error&) {
        if (!closed_) throw;
    }
    driving_ = false;
}

task<void> subscriber_core::connect() {
    if (not_before_ > steady::now()) {
        pause_.expires_at(not_before_);
        co_await pause_.async_wait(asio::use_awaitable);
    }
    if (table_.size() == 0) co_return;
    try {
        adopt(co_await establish(target_, names_, after(options_.connect_timeout)));
    } catch (const error& failed) {
        if (closed_) co_return;
        not_before_ = after(reconnect_.after_failure());
        obstacle_ = failed.what();
        if (failed.kind() == fault::refused && generation_ == 0)
            fail(table_.clear(), fault::refused, obstacle_);
    }
}

void subscriber_core::adopt(link made) {
    if (closed_) return;
    socket_ = std::move(made.socket);
    decoder_ = decoder(max_message_size);
    connected_ = true;
    ++generation_;
    output_.clear();
    writing_.clear();
    hung_up_.clear();
    for (const auto& channel : table_.connect()) send("SUBSCRIBE", channel);
    heard_ = true;
    ping_later();
}

task<void> subscriber_core::listen() {
    std::array<char, 16384> buffer{};
    boost::system::error_code failed;
    while (connected_) {
        const std::size_t size = co_await socket_.async_read_some(
            asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failed));
        if (!connected_) break;
        if (failed) {
            lose(hung_up_.empty() ? failed.message() : hung_up_);
            break;
        }
        take_in({buffer.data(), size});
    }
}

void subscriber_core::lose(const std::string& cause) {
    connected_ = false;
    obstacle_ = cause;
    not_before_ = after(reconnect_.after_failure());  // it may be lost again as soon as it is made
    ping_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
    table_.disconnect();
}

void subscriber_core::take_in(std::string_view bytes) {
    heard_ = true;
    try {
        decoder_.feed(bytes);
        reply push;
        while (!closed_ && decoder_.next(push)) handle(push);
    } catch (const protocol_error& broken) {
        hang_up(broken.what());
    }
}

void subscriber_core::handle(const reply& push) {
    if (push.kind() == reply::type::error) return fail(table_.refuse(), fault::refused, push.text());
    if (push.kind() != reply::type::array || push.elements().size() < 3) return;  // an answer to PING
    const auto& parts = push.elements();
    if (parts[0].kind() != reply::type::string || parts[1].kind() != reply::type::string) return;
    if (parts[0].text() == "message" && parts[2].kind() == reply::type::string)
        tell(parts[1].text(), parts[2].text());
    else if (parts[0].text() == "subscribe")
        confirm(parts[1].text());
}

void subscriber_core::tell(const std::string& channel, std::string_view payload) {
    for (const auto& one : table_.audience(channel))
        if (one->active) guarded(channel, [&] { one->on_message(channel, payload); });
}

void subscriber_core::confirm(const std::string& channel) {
    reconnect_.success();
    for (const auto& one : table_.confirm(channel)) {
        if (!one->settled.is_set())
            one->settled.set();
        else if (one->active && one->on_resubscribed)
            guarded(channel, [&] { one->on_resubscribed(); });
    }
}

// Writing.

void subscriber_core::send(std::string_view verb, std::string_view channel) {
    command what(verb);
    if (!channel.empty()) what.arg(channel);
    what.append_to(output_);
    request_flush();
}

void subscriber_core::request_flush() {
    if (!connected_ || flush_posted_ || !writing_.empty()) return;
    flush_posted_ = true;
    asio::post(executor_, [self = shared_from_this()] {
        self->flush_posted_ = false;
        self->flush();
    });
}

void subscriber_core::flush() {
    if (!connected_ || !writing_.empty() || output_.empty()) return;
    std::swap(output_, writing_);
    auto done = [self = shared_from_this(), made = generation_](boost::system::error_code failed,
                                                                std::size_t) {
        if (made != self->generation_) return;
        self->writing_.clear();
        if (failed)
            self->hang_up(failed.message());
        else
            self->flush();
    };
    asio::async_write(socket_, asio::buffer(writing_), std::move(done));
}

/// The reader meets the end.
void subscriber_core::hang_up(const std::string& cause) {
    hung_up_ = cause;
    boost::system::error_code ignored;
    socket_.shutdown(stream_socket::shutdown_both, ignored);
}

void subscriber_core::ping_later() {
    ping_.expires_after(options_.ping_interval);
    ping_.async_wait([self = shared_from_this(), made = generation_](boost::system::error_code cancelled) {
        if (cancelled || !self->connected_ || made != self->generation_) return;
        if (!self->heard_) return self->hang_up("no answer to PING");
        self->heard_ = false;
        self->send("PING", {});
        self->ping_later();
    });
}

}  // namespace dibs::redis::detail
