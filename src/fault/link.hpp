#pragma once

#include "core/asio.hpp"
#include "core/wakeup.hpp"
#include "fault/delay_line.hpp"
#include "fault/endpoint.hpp"

#include <array>
#include <cstdint>

namespace dibs::faults {

using stream_socket = asio::generic::stream_protocol::socket;

/// Of all connections of a proxy; bytes that were delivered, and that were lost.
struct link_statistics {
    std::uint64_t connections = 0;  ///< ever accepted
    std::size_t open = 0;           ///< now
    std::uint64_t failed = 0;       ///< the server could not be reached, so the client was reset
    std::uint64_t to_server = 0;
    std::uint64_t to_client = 0;
    std::uint64_t dropped = 0;
};

/// What each direction of a connection begins with.
struct both_conditions {
    link_conditions to_server;
    link_conditions to_client;
    std::uint64_t seed = 0;
};

/// One connection through a proxy: two sockets, and a delay line each way. Not thread-safe.
class link {
   public:
    /// `counted` must outlive this.
    link(stream_socket client, const both_conditions& conditions, link_statistics& counted);

    /// Connects to the server and passes bytes until both sides have closed, or a reset. `self` is this.
    static task<void> serve(std::shared_ptr<link> self, endpoint server);

    void change(direction which, const link_conditions& conditions);
    /// Both sides get an RST (of a Unix socket: its end).
    void reset();
    /// `gone` sees its connection end, the other side is not told: what it sends is lost.
    void half_open(side gone);
    /// `gone` sees its connection end, the other side when all that `gone` had sent has arrived.
    void hang_up(side gone);
    /// Resets the connection where it has lost bytes.
    void heal();
    std::uint64_t dropped() const;

   private:
    struct half {
        half(const link_conditions& conditions, std::uint64_t seed, const asio::any_io_executor& executor)
            : line(conditions, seed), room(executor), news(executor) {}
        delay_line line;
        wakeup room;  // for the reader
        wakeup news;  // for the writer
        bool source_ended = false;
        bool delivered = false;  // its end was
    };
    half& of(direction which) { return halves_.at(static_cast<std::size_t>(which)); }
    stream_socket& source(direction which) { return which == direction::to_server ? client_ : server_; }
    stream_socket& target(direction which) { return which == direction::to_server ? server_ : client_; }

    task<void> connect(endpoint server);
    task<void> read(direction which);
    task<void> write(direction which);
    task<void> write_piece(direction which, std::string piece);
    void deliver_end(direction which, ending how);
    void close_when_over();
    void close();

    stream_socket client_;
    stream_socket server_;
    std::array<half, 2> halves_;
    link_statistics& counted_;
    bool closed_ = false;
};

}  // namespace dibs::faults
