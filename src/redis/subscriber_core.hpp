#pragma once

#include "core/event.hpp"
#include "redis/channel_table.hpp"
#include "redis/decoder.hpp"
#include "redis/reconnect_pause.hpp"
#include "redis/subscriber.hpp"
#include "redis/transport.hpp"

#include <dibs/error.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace dibs::redis::detail {

/// One subscription.
struct listener {
    listener(const asio::any_io_executor& executor, std::string name)
        : channel(std::move(name)), settled(executor) {}

    std::string channel;
    subscriber::handler on_message;
    subscriber::resubscribed on_resubscribed;
    event settled;  // confirmed or failed, for the first time
    std::exception_ptr failed;
    bool active = true;
};

/// The I/O around a channel_table: one coroutine connects and reads.
class subscriber_core : public std::enable_shared_from_this<subscriber_core> {
   public:
    subscriber_core(asio::any_io_executor executor, endpoint target, subscriber_options options);

    std::shared_ptr<listener> make_listener(std::string channel) const;
    void add(const std::shared_ptr<listener>& who);
    void remove(listener& who);
    /// Throws why the subscription is not there at its deadline.
    [[noreturn]] void too_late(const listener& who) const;
    void shut_down(const char* why);

    bool closed() const { return closed_; }
    const endpoint& target() const { return target_; }
    bool connected() const { return connected_; }
    std::uint64_t generation() const { return generation_; }
    std::size_t channels() const { return table_.size(); }

   private:
    task<void> drive();
    task<void> connect();
    task<void> listen();
    void adopt(link made);
    void take_in(std::string_view bytes);
    void handle(const reply& push);
    void tell(const std::string& channel, std::string_view payload);
    void confirm(const std::string& channel);
    void fail(const listeners& who, fault kind, const std::string& cause);
    void lose(const std::string& cause);

    void send(std::string_view verb, std::string_view channel);
    void request_flush();
    void flush();
    void hang_up(const std::string& cause);
    void ping_later();

    asio::any_io_executor executor_;
    endpoint target_;
    name_lookup names_;
    subscriber_options options_;
    channel_table table_;
    decoder decoder_;  // of the present connection
    stream_socket socket_;
    asio::steady_timer ping_;
    asio::steady_timer pause_;
    deadline not_before_ = deadline::min();  // of the next attempt to connect
    reconnect_pause reconnect_;
    asio::cancellation_signal stop_driving_;
    std::uint64_t generation_ = 0;
    std::string output_;
    std::string writing_;  // empty: no write is under way
    std::string obstacle_;
    std::string hung_up_;
    bool heard_ = false;  // anything, since the last PING
    bool flush_posted_ = false;
    bool driving_ = false;
    bool connected_ = false;
    bool closed_ = false;
};

}  // namespace dibs::redis::detail
