#include "http/client.hpp"

#include "http/answer_reader.hpp"
#include "http/answer_text.hpp"
#include "http/client_link.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <utility>

namespace dibs::http {
namespace {

using asio::redirect_error;
using asio::use_awaitable;
using boost::system::error_code;

constexpr std::size_t read_bytes = 16UL * 1024;

std::string host_field(const std::string& host, std::uint16_t port) {
    const bool is_v6 = host.find(':') != std::string::npos;
    return is_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

bool always_says_its_length(method verb) {
    return verb == method::post || verb == method::put || verb == method::patch;
}

}  // namespace

client_connection::link::link(const asio::any_io_executor& executor, std::string to_host,
                              std::uint16_t to_port)
    : host_field_(host_field(to_host, to_port)),
      names_(executor, std::move(to_host), to_port),
      socket_(executor),
      in_(read_bytes),
      limit_(executor) {}

void client_connection::link::close() {
    error_code gone;
    socket_.close(gone);
    limit_.cancel();
    armed_for_ = due_ = deadline::max();
}

task<client_response> client_connection::link::exchange(std::shared_ptr<link> self,
                                                        const client_request& what, deadline until) {
    // However this ends: a connection with half an exchange on it is of no use.
    struct closing {
        link& of;
        bool keeps = false;
        ~closing() {
            if (!keeps) of.close();
        }
    } at_the_end{*self};
    client_response answer;
    self->watch(until);
    if (!self->reusable()) co_await self->connect(answer);
    if (answer.error.empty()) co_await self->talk(what, answer);
    self->due_ = deadline::max();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    at_the_end.keeps = self->socket_.is_open() && answer.error.empty();
    co_return answer;
}

/// Whether the connection is open and silent: a server that has closed it, or that speaks unasked, is left.
bool client_connection::link::reusable() {
    if (!socket_.is_open()) return false;
    std::array<char, 1> peeked{};
    error_code state;
    socket_.receive(asio::buffer(peeked), tcp::socket::message_peek, state);
    return state == asio::error::would_block;
}

task<void> client_connection::link::connect(client_response& answer) {
    error_code failed;
    if (addresses_.empty()) {
        addresses_ = co_await names_.find(due_, failed);
        late_ = late_ || steady::now() >= due_;
    }
    for (const tcp::endpoint& address : addresses_) {
        if (late_) break;
        error_code gone;
        socket_.close(gone);
        co_await socket_.async_connect(address, redirect_error(use_awaitable, failed));
        if (!failed) break;
    }
    if (failed || late_) {
        addresses_.clear();
        answer.error = fmt::format("no connection to {}: {}", host_field_, explain(failed));
        co_return;
    }
    socket_.set_option(tcp::no_delay(true), failed);
    socket_.non_blocking(true, failed);
}

task<void> client_connection::link::talk(const client_request& what, client_response& answer) {
    build(what);
    answer_reader reader(what.verb);
    const auto begin = steady::now();
    error_code failed = co_await send_out(answer);
    if (!failed) failed = co_await receive(reader, answer);
    answer.took = steady::now() - begin;
    if (failed) {
        answer.error = fmt::format("no answer from {}: {}", host_field_, explain(failed));
        co_return;
    }
    answer.status = reader.status();
    answer.body = reader.take_body();
    if (!reader.keep_alive()) close();
}

task<error_code> client_connection::link::send_out(client_response& answer) {
    error_code failed;
    answer.bytes_sent = socket_.send(asio::buffer(out_), 0, failed);
    if (failed == asio::error::would_block || (!failed && answer.bytes_sent < out_.size())) {
        const auto rest = asio::buffer(out_) + answer.bytes_sent;
        answer.bytes_sent += co_await asio::async_write(socket_, rest, redirect_error(use_awaitable, failed));
    }
    co_return failed;
}

task<error_code> client_connection::link::receive(answer_reader& reader, client_response& answer) {
    std::size_t kept = 0;
    while (!reader.complete()) {
        if (kept == in_.size()) in_.resize(in_.size() * 2);
        error_code failed;
        const std::size_t size = co_await socket_.async_read_some(
            asio::buffer(in_.data() + kept, in_.size() - kept), redirect_error(use_awaitable, failed));
        if (failed == asio::error::eof && reader.end()) co_return error_code();
        if (failed) co_return failed;
        answer.bytes_received += size;
        kept += size;
        const std::size_t taken = reader.take({in_.data(), kept}, failed);
        if (failed) co_return failed;
        kept -= taken;
        std::memmove(in_.data(), in_.data() + taken, kept);
    }
    // What came beyond the answer belongs to no request.
    if (kept > 0) close();
    co_return error_code();
}

void client_connection::link::build(const client_request& what) {
    out_.clear();
    out_ += to_string(what.verb);
    out_ += ' ';
    out_ += what.target;
    out_ += " HTTP/1.1\r\n";
    append_field(out_, "Host", host_field_);
    append_field(out_, "User-Agent", "dibs");
    for (const auto& [name, value] : what.headers) append_field(out_, name, value);
    if (!what.body.empty()) append_field(out_, "Content-Type", what.content_type);
    if (!what.body.empty() || always_says_its_length(what.verb))
        append_field(out_, "Content-Length", std::to_string(what.body.size()));
    out_ += "\r\n";
    out_ += what.body;
}

void client_connection::link::watch(deadline until) {
    late_ = false;
    due_ = until;
    if (due_ < armed_for_) arm();
}

void client_connection::link::arm() {
    armed_for_ = due_;
    limit_.expires_at(due_);
    limit_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
        const auto self = weak.lock();
        if (self && !cancelled) self->limit_reached();
    });
}

void client_connection::link::limit_reached() {
    armed_for_ = deadline::max();
    if (due_ == deadline::max()) return;
    if (steady::now() < due_) return arm();
    late_ = true;
    error_code gone;
    socket_.close(gone);
}

std::string client_connection::link::explain(const error_code& failed) const {
    if (late_) return "the time for it is over";
    if (failed == asio::error::eof) return "the server closed the connection";
    return failed.message();
}

client_connection::client_connection(const asio::any_io_executor& executor, std::string host,
                                     std::uint16_t port)
    : link_(std::make_shared<link>(executor, std::move(host), port)) {}
client_connection::client_connection(client_connection&&) noexcept = default;

client_connection& client_connection::operator=(client_connection&& other) noexcept {
    if (link_) link_->close();
    link_ = std::move(other.link_);
    return *this;
}

client_connection::~client_connection() {
    if (link_) link_->close();
}

task<client_response> client_connection::send(const client_request& what, deadline until) {
    return link::exchange(link_, what, until);
}

void client_connection::close() { link_->close(); }
bool client_connection::connected() const { return link_->open(); }

}  // namespace dibs::http
