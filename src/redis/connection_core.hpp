#pragma once

#include "redis/connection.hpp"
#include "redis/pipeline.hpp"
#include "redis/reconnect_pause.hpp"
#include "redis/transport.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <memory>

namespace dibs::redis {

/// An Asio completion handler, its type forgotten. (any_completion_handler of Boost 1.81 recurses without end
/// when it is assigned.)
class continuation {
   public:
    continuation() = default;
    continuation(const continuation&) = delete;
    continuation& operator=(const continuation&) = delete;
    virtual ~continuation() = default;
    virtual void resume() = 0;
};

template <class Handler>
class continuation_of final : public continuation {
   public:
    explicit continuation_of(Handler handler) : handler_(std::move(handler)) {}
    void resume() override { std::move(handler_)(); }

   private:
    Handler handler_;
};

/// A request with the coroutine that waits for it, in whose frame it lies.
struct call : request {
    using request::request;

    std::unique_ptr<continuation> waiting;  // null: it has ended
    reply answer;
    std::exception_ptr failed;
};

/// The I/O around a pipeline. One coroutine connects and reads, and lives as long as there is a connection or
/// something to send; one timer serves all deadlines; writes happen where they become possible, without a
/// coroutine.
class connection::core : public std::enable_shared_from_this<connection::core> {
   public:
    core(asio::any_io_executor executor, endpoint target, connection_options options);

    /// Throws what forbids to start a request with this deadline.
    void admit(const call& asked) const;
    void start(call& asked);
    void cancel(call& asked);
    void shut_down(const char* why);

    const endpoint& target() const { return target_; }
    bool connected() const { return connected_; }
    std::uint64_t generation() const { return generation_; }
    const std::optional<client_identity>& client() const { return client_; }
    std::size_t outstanding() const { return line_.outstanding(); }

   private:
    class driver;
    task<void> drive();
    task<void> connect();
    task<void> listen();
    void forsake();
    void adopt(link made);
    void take_in(std::string_view bytes);
    void lose(const std::string& cause);

    void request_flush();
    void flush();
    void hang_up(const std::string& cause);

    void arm();
    void sweep();

    outcomes spare_batch() { return std::exchange(spare_, {}); }
    void deliver(outcomes batch);
    void settle(call& asked, outcome& ended) const;
    std::exception_ptr to_exception(const call& asked, const failure& why) const;
    void resume_later(call& asked);

    asio::any_io_executor executor_;
    endpoint target_;
    name_lookup names_;
    connection_options options_;
    pipeline line_;
    stream_socket socket_;
    asio::steady_timer timer_;
    deadline armed_ = deadline::max();
    deadline swept_ = deadline::min();
    asio::steady_timer pause_;
    deadline not_before_ = deadline::min();  // of the next attempt to connect
    reconnect_pause reconnect_;
    asio::cancellation_signal stop_driving_;
    std::uint64_t generation_ = 0;
    std::optional<client_identity> client_;
    std::string hung_up_;  // why we ended the connection ourselves
    outcomes spare_;       // a batch's memory, kept for the next
    bool driving_ = false;
    bool away_ = false;  // the last attempt to connect failed
    bool connected_ = false;
    bool closed_ = false;
    bool delivering_ = false;
    bool flush_posted_ = false;
    bool socket_full_ = false;
};

}  // namespace dibs::redis
