#pragma once

#include "core/asio.hpp"
#include "redis/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace dibs::redis {

namespace detail {
class subscriber_core;
struct listener;
}  // namespace detail

struct subscriber_options {
    /// For connecting, with AUTH.
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(2);
    /// Pause before a new attempt to connect: grows twofold from the first to the second, with jitter.
    std::chrono::milliseconds first_backoff = std::chrono::milliseconds(10);
    std::chrono::milliseconds longest_backoff = std::chrono::seconds(1);
    /// A PING goes out so often; a connection on which nothing came between two of them is taken for dead.
    std::chrono::milliseconds ping_interval = std::chrono::seconds(3);
};

/// A subscription that ends with the object. It may outlive its subscriber.
class subscription {
   public:
    subscription() = default;
    subscription(subscription&& other) noexcept = default;
    subscription& operator=(subscription&& other) noexcept;
    ~subscription();

    /// From now on the handler is not called any more. Safe inside of the handler itself.
    void unsubscribe() noexcept;
    bool active() const;

   private:
    friend class subscriber;
    subscription(std::weak_ptr<detail::subscriber_core> core, std::shared_ptr<detail::listener> listener);

    std::weak_ptr<detail::subscriber_core> core_;
    std::shared_ptr<detail::listener> listener_;
};

/// Pub/Sub on a connection of its own (RESP2 allows nothing else there). One executor, not thread-safe.
///
/// Subscriptions of one channel share one subscription at the server. After a loss it connects again and
/// subscribes to everything anew; messages published meanwhile are lost, which each subscription is told by
/// its on_resubscribed.
class subscriber {
   public:
    /// Runs on the executor. It may subscribe and unsubscribe; an exception that it throws is logged and
    /// dropped.
    using handler = std::function<void(std::string_view channel, std::string_view payload)>;
    /// Called when the channel is heard again after a loss of the connection.
    using resubscribed = std::function<void()>;

    subscriber(asio::any_io_executor executor, endpoint target, subscriber_options options = {});
    subscriber(subscriber&&) noexcept;
    subscriber& operator=(subscriber&&) noexcept;
    /// Coroutines still waiting for a confirmation end with fault::closed.
    ~subscriber();

    /// Returns when the server has confirmed: every message published afterwards is heard. The handler may be
    /// called before that. Throws dibs::error: unavailable (not connected before the deadline), timeout (not
    /// confirmed), refused (our user was), closed.
    task<subscription> subscribe(std::string channel, handler on_message, deadline until);
    task<subscription> subscribe(std::string channel, handler on_message, resubscribed on_resubscribed,
                                 deadline until);

    /// Ends the connection for good; no handler is called any more.
    task<void> close();

    const endpoint& target() const;
    bool connected() const;
    /// How many connections have been made so far.
    std::uint64_t generation() const;
    /// Channels that somebody listens to.
    std::size_t channels() const;

   private:
    std::shared_ptr<detail::subscriber_core> core_;
};

}  // namespace dibs::redis
