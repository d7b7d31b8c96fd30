#pragma once

#include "core/asio.hpp"
#include "http/rate_limit.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dibs::page {

struct feed_limits {
    std::size_t listeners = 1000;
    std::size_t from_one = 100;  ///< listeners of one address, as http::key_of() counts them
    std::chrono::milliseconds pace = std::chrono::seconds(1);  ///< between two looks
    /// After so long without a change listeners get an empty comment, which finds out those who are gone.
    std::chrono::milliseconds sign_of_life = std::chrono::seconds(15);
};

/// One view of the service for any number of listeners, as server-sent events: looked at once a pace while
/// anybody listens, told when it has changed. A slow listener misses what was overtaken meanwhile, and holds
/// nobody up. One executor, not thread-safe.
class feed {
   private:
    struct state;

   public:
    /// What is shown, in one line. What it throws becomes an event `away`.
    using view = std::function<task<std::string>()>;

    feed(const asio::any_io_executor& executor, view look, feed_limits limits = {});
    feed(const feed&) = delete;
    feed& operator=(const feed&) = delete;
    ~feed();

    /// One place in the feed, given back with it. May outlive the feed.
    class listener {
       public:
        listener(std::shared_ptr<state> of, http::rate_key from);
        listener(const listener&) = delete;
        listener& operator=(const listener&) = delete;
        ~listener();

        /// The next event, or a comment, as it is sent; at first what is shown now. Empty: the feed is
        /// closed.
        task<std::string> next();

       private:
        std::shared_ptr<state> of_;
        http::rate_key from_;
        std::uint64_t heard_ = 0;
    };

    /// Null: there is no place left, or none for who comes from there, or the feed is closed.
    std::shared_ptr<listener> join(http::rate_key from);

    std::size_t listeners() const;

    /// Ends all listeners, and the look under way when it has its answer.
    void close();
    /// Waits for that.
    task<void> settle();

   private:
    std::shared_ptr<state> state_;
};

}  // namespace dibs::page
