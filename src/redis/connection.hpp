#pragma once

#include "core/asio.hpp"
#include "redis/client_identity.hpp"
#include "redis/command.hpp"
#include "redis/endpoint.hpp"
#include "redis/reply.hpp"

#include <dibs/error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace dibs::redis {

struct connection_options {
    /// Requests not yet answered, sent or not; one more fails with fault::exhausted.
    std::size_t max_requests = 100'000;
    /// For connecting, with AUTH and SELECT.
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(2);
    /// Pause before a new attempt to connect: grows twofold from the first to the second, with jitter.
    std::chrono::milliseconds first_backoff = std::chrono::milliseconds(10);
    std::chrono::milliseconds longest_backoff = std::chrono::seconds(1);
    /// A connection that has left a request unanswered past its deadline and then said nothing at all for so
    /// long is taken for dead and made anew.
    std::chrono::milliseconds silence_limit = std::chrono::seconds(5);
    /// A reply larger than this (bytes) is a protocol error: it ends the connection.
    std::size_t max_reply_size = 64U << 20U;
};

/// What a request does whose caller is cancelled.
enum class when_cancelled {
    give_up,  ///< unsent it is never sent, later its reply is skipped; the caller's wait ends at once
    finish    ///< goes on to its end or its deadline, and the caller waits for it: for clean-up
};

/// The server answered with an error (fault::refused).
class refusal : public error {
   public:
    refusal(std::string backend, std::string subject, const std::string& answer);
    /// The first word of the answer: "WRONGTYPE", "NOSCRIPT", "NOAUTH", …
    const std::string& code() const { return code_; }
    /// Of a server that starts, runs another's script, or is not the master yet: it may be asked again.
    bool passes_with_time() const;

   private:
    std::string code_;
};

/// The request was on its way when the connection was lost (fault::in_doubt), or when its deadline came
/// (fault::timeout).
class lost_reply : public error {
   public:
    lost_reply(fault kind, std::string backend, std::string subject, const std::string& cause,
               std::optional<client_identity> client)
        : error(kind, std::move(backend), std::move(subject), cause), client_(std::move(client)) {}
    /// The connection that the request was sent on, so that it can be killed before its effects are undone;
    /// empty where the user may not name it or ask for its id.
    const std::optional<client_identity>& client() const { return client_; }

   private:
    std::optional<client_identity> client_;
};

/// One connection to a Redis server, shared by any number of coroutines of one executor; not thread-safe.
///
/// Commands go out in the order of execute(); those that come up while others are on their way, or while
/// replies are being handed out, share one write. It connects at the first command and again, after a loss,
/// as soon as there is something to send, with growing pauses while that fails. Commands already sent when
/// the connection is lost end with lost_reply; those not yet sent wait for the next one until their deadline.
class connection {
   public:
    connection(asio::any_io_executor executor, endpoint target, connection_options options = {});
    connection(connection&&) noexcept;
    connection& operator=(connection&&) noexcept;
    /// Coroutines still waiting end with fault::closed.
    ~connection();

    /// Sends the command and waits for its reply. Throws dibs::error:
    /// - refusal (refused): the server answered with an error, or refused our user or database;
    /// - lost_reply (in_doubt): the connection was lost after sending;
    /// - lost_reply (timeout): the deadline (to about a millisecond) came after sending, and before the
    /// reply;
    /// - unavailable: the deadline came before it could be sent; exhausted: too many requests; closed.
    task<reply> execute(command what, deadline until, when_cancelled then = when_cancelled::give_up);

    /// Ends the connection for good: whoever waits, and whoever comes later, gets fault::closed.
    task<void> close();

    const endpoint& target() const;
    bool connected() const;
    /// How many connections have been made so far.
    std::uint64_t generation() const;
    /// The present connection; empty while there is none, or where the user may not name it or ask for its
    /// id.
    const std::optional<client_identity>& client() const;
    /// Requests not yet answered, including those that were given up.
    std::size_t outstanding() const;

   private:
    class core;
    std::shared_ptr<core> core_;
};

}  // namespace dibs::redis
