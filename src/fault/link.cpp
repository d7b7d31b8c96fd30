#include "fault/link.hpp"

#include "core/task_group.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <utility>

namespace dibs::faults {
namespace {

direction opposite(direction of) {
    return of == direction::to_server ? direction::to_client : direction::to_server;
}

void send_at_once(stream_socket& socket) {
    boost::system::error_code no_tcp;
    socket.set_option(asio::ip::tcp::no_delay(true), no_tcp);
}

void close_with_reset(stream_socket& socket) {
    boost::system::error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

}  // namespace

link::link(stream_socket client, const both_conditions& conditions, link_statistics& counted)
    : client_(std::move(client)),
      server_(client_.get_executor()),
      halves_{half(conditions.to_server, 2 * conditions.seed, client_.get_executor()),
              half(conditions.to_client, 2 * conditions.seed + 1, client_.get_executor())},
      counted_(counted) {
    send_at_once(client_);
}

task<void> link::serve(std::shared_ptr<link> self, endpoint server) {
    co_await self->connect(std::move(server));
    task_group pumps(self->client_.get_executor());
    for (const auto which : {direction::to_server, direction::to_client}) {
        pumps.spawn(self->read(which));
        pumps.spawn(self->write(which));
    }
    co_await pumps.join();
    self->close();
    self->counted_.dropped += self->dropped();
}

task<void> link::connect(endpoint server) {
    boost::system::error_code failed;
    co_await server_.async_connect(server, asio::redirect_error(asio::use_awaitable, failed));
    const bool half_open = of(direction::to_server).line.has_gap();
    if (closed_ || half_open) co_return;
    if (failed) {
        ++counted_.failed;
        reset();
        co_return;
    }
    send_at_once(server_);
}

task<void> link::read(direction which) {
    half& mine = of(which);
    std::array<char, delay_line::largest_piece> buffer;
    while (!closed_) {
        const auto room = std::min(mine.line.room(), buffer.size());
        if (room == 0) {
            co_await mine.room.wait_until(deadline::max());
            continue;
        }
        boost::system::error_code ended;
        const auto size = co_await source(which).async_read_some(
            asio::buffer(buffer.data(), room), asio::redirect_error(asio::use_awaitable, ended));
        if (ended) {
            mine.source_ended = true;
            mine.line.end(ended == asio::error::eof ? ending::finish : ending::reset, steady::now());
            mine.news.wake();
            close_when_over();
            co_return;
        }
        mine.line.put({buffer.data(), size}, steady::now());
        mine.news.wake();
    }
}

task<void> link::write(direction which) {
    half& mine = of(which);
    while (!closed_ && !mine.delivered) {
        const auto now = steady::now();
        auto piece = mine.line.take(now);
        if (!piece.empty()) {
            mine.room.wake();
            co_await write_piece(which, std::move(piece));
            continue;
        }
        const auto how = mine.line.ended(now);
        if (how != ending::none) {
            deliver_end(which, how);
            continue;
        }
        const auto next = mine.line.due().value_or(deadline::max());
        co_await mine.news.wait_until(next);
    }
}

task<void> link::write_piece(direction which, std::string piece) {
    boost::system::error_code failed;
    const auto bytes = asio::buffer(piece);
    const auto written =
        co_await asio::async_write(target(which), bytes, asio::redirect_error(asio::use_awaitable, failed));
    (which == direction::to_server ? counted_.to_server : counted_.to_client) += written;
    if (!failed || closed_) co_return;
    // Whoever sends to a host that has closed is told by a reset, which travels back as anything does.
    of(which).line.cut();
    half& back = of(opposite(which));
    back.line.end(ending::reset, steady::now());
    back.news.wake();
    of(which).room.wake();
    close_when_over();
}

void link::deliver_end(direction which, ending how) {
    if (how == ending::reset) return reset();
    of(which).delivered = true;
    boost::system::error_code gone;
    target(which).shutdown(asio::socket_base::shutdown_send, gone);
    close_when_over();
}

void link::close_when_over() {
    for (const auto& each : halves_) {
        const bool lost = each.source_ended && each.line.has_gap();
        if (!each.delivered && !lost) return;
    }
    close();
}

void link::change(direction which, const link_conditions& conditions) {
    half& changed = of(which);
    changed.line.change(conditions, steady::now());
    changed.room.wake();
    changed.news.wake();
    close_when_over();
}

void link::half_open(side gone) {
    if (closed_) return;
    for (auto& each : halves_) {
        each.line.cut();
        each.room.wake();
    }
    boost::system::error_code ignored;
    (gone == side::server ? server_ : client_).close(ignored);
}

void link::hang_up(side gone) {
    if (closed_) return;
    boost::system::error_code ignored;
    (gone == side::server ? server_ : client_).shutdown(asio::socket_base::shutdown_both, ignored);
}

void link::heal() {
    for (const auto& each : halves_) {
        if (each.line.has_gap()) return reset();
    }
}

std::uint64_t link::dropped() const { return halves_[0].line.dropped() + halves_[1].line.dropped(); }

void link::reset() {
    close_with_reset(client_);
    close_with_reset(server_);
    close();
}

void link::close() {
    closed_ = true;
    boost::system::error_code ignored;
    client_.close(ignored);
    server_.close(ignored);
    for (auto& each : halves_) {
        each.room.wake();
        each.news.wake();
    }
}

}  // namespace dibs::faults
