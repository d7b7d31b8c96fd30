#include "http/connection.hpp"

#include "core/spawn.hpp"
#include "http/dispatch.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <exception>
#include <utility>

namespace dibs::http {
namespace {

using asio::use_awaitable;

/// Answers are kept back for one write while more requests are at hand, up to this size.
constexpr std::size_t batch_bytes = 64UL * 1024;
/// How much of a refused request is read and dropped, so that its answer is not lost to a reset.
constexpr std::size_t lingering_bytes = 1024UL * 1024;

}  // namespace

connection::connection(std::shared_ptr<shared_service> service, asio::ip::tcp::socket socket)
    : service_(std::move(service)),
      place_(service_->connections.insert(service_->connections.end(), this)),
      socket_(std::move(socket)),
      reader_({service_->options.limits.header_bytes, service_->options.limits.body_bytes}) {
    boost::system::error_code gone;
    socket_.set_option(asio::ip::tcp::no_delay(true), gone);
    socket_.non_blocking(true, gone);
}

connection::~connection() {
    service_->connections.erase(place_);
    service_->left();
}

void connection::start(const std::shared_ptr<connection>& self, admission how) {
    spawn(self->socket_.get_executor(), run(self, how), self->cut_.slot());
}

task<void> connection::run(std::shared_ptr<connection> self, admission how) {
    try {
        if (how == admission::turned_away)
            self->refuse(503, "this server has as many connections as it may have; come again");
        else
            co_await self->serve();
        co_await self->flush();
        if (self->course_ == course::lingers) co_await self->linger();
    } catch (const std::exception& failure) {
        if (self->course_ != course::broken) spdlog::error("a connection failed: {}", failure.what());
    }
    boost::system::error_code gone;
    self->socket_.close(gone);
}

task<void> connection::serve() {
    while (course_ == course::goes_on) {
        switch (reader_.advance()) {
            case request_reader::progress::need_more: co_await receive(); break;
            case request_reader::progress::complete: co_await answer(); break;
            case request_reader::progress::refused:
                ++service_->counts.refused;
                refuse(reader_.why_refused().status, reader_.why_refused().detail);
                break;
        }
        if (out_.size() > batch_bytes) co_await flush();
    }
}

task<void> connection::answer() {
    ++service_->counts.requests;
    const request& asked = reader_.message();
    wait(waiting::for_handler);
    send_before_handler_waits();
    const response made = co_await dispatch(service_->routes, asked);
    if (course_ != course::goes_on) co_return;
    if (service_->stopping || !reader_.keep_alive())
        course_ = reader_.left_over() > 0 ? course::lingers : course::closes;
    append(made, asked.verb == method::head ? body_sent::only_its_length : body_sent::whole);
    reader_.next();
}

void connection::append(const response& what, body_sent how) {
    auto after = reader_.is_http_1_0() ? persistence::announce_keep : persistence::keep;
    if (course_ != course::goes_on) after = persistence::close;
    append_answer(out_, what, service_->date.at(std::chrono::system_clock::now()), after, how);
}

void connection::refuse(int status, std::string detail) {
    course_ = course::lingers;
    response made = plain_problem(status, std::move(detail));
    if (status == 503) made.headers.emplace_back("Retry-After", "1");
    append(made, body_sent::whole);
}

bool connection::nothing_pending() {
    boost::system::error_code gone;
    return reader_.reading() == request_reader::stage::idle && socket_.available(gone) == 0;
}

task<void> connection::receive() {
    if (reader_.take_continue()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    co_await flush();
    if (service_->stopping && nothing_pending()) course_ = course::closes;
    if (course_ != course::goes_on) co_return;
    switch (reader_.reading()) {
        case request_reader::stage::idle: wait(waiting::for_request); break;
        case request_reader::stage::header: wait(waiting::for_header); break;
        case request_reader::stage::body: wait(waiting::for_body); break;
    }
    const auto room = reader_.room();
    boost::system::error_code failed;
    const std::size_t size = co_await socket_.async_read_some(asio::buffer(room.data(), room.size()),
                                                              asio::redirect_error(use_awaitable, failed));
    if (failed)
        receive_failed(failed);
    else
        reader_.received(size);
}

void connection::receive_failed(boost::system::error_code why) {
    if (why != asio::error::operation_aborted || course_ == course::broken) {
        course_ = course::broken;
    } else if (late_ && waiting_ == waiting::for_request) {
        course_ = course::closes;
    } else if (late_) {
        ++service_->counts.refused;
        refuse(408, waiting_ == waiting::for_header ? "the header took too long" : "the body took too long");
    }
    // else finish() woke it, and whatever has arrived is still to be read
}

/// An answer that is ready, perhaps a commit's, must not wait for the next request's handler. What is posted
/// runs only when that handler waits for something: those that end at once still share one write.
void connection::send_before_handler_waits() {
    if (out_.empty() || std::exchange(will_send_, true)) return;
    asio::post(socket_.get_executor(), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->send_what_is_ready();
    });
}

void connection::send_what_is_ready() {
    will_send_ = false;
    if (waiting_ != waiting::for_handler || course_ != course::goes_on || out_.empty()) return;
    boost::system::error_code failed;
    const std::size_t sent = socket_.send(asio::buffer(out_), 0, failed);
    out_.erase(0, sent);  // what did not fit, or failed, is flush()'s
}

/// Most answers fit into the socket's buffer at once, and cost one call.
task<void> connection::flush() {
    if (out_.empty() || course_ == course::broken) co_return;
    boost::system::error_code failed;
    const std::size_t sent = socket_.send(asio::buffer(out_), 0, failed);
    if (failed == asio::error::would_block || (!failed && sent < out_.size())) {
        wait(waiting::to_write);
        co_await asio::async_write(socket_, asio::buffer(out_) + sent,
                                   asio::redirect_error(use_awaitable, failed));
    }
    if (failed) course_ = course::broken;
    out_.clear();
}

/// Closing a socket with unread bytes resets the connection, and the client may never see its answer.
task<void> connection::linger() {
    wait(waiting::to_close);
    boost::system::error_code ended;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ended);
    std::array<char, 4096> dropped{};
    for (std::size_t total = 0; !ended && total < lingering_bytes;)
        total += co_await socket_.async_read_some(asio::buffer(dropped),
                                                  asio::redirect_error(use_awaitable, ended));
}

void connection::wait(waiting what) {
    const bool goes_on = what == waiting_ && due_ != deadline::max();
    if (goes_on && what != waiting::to_write) return;  // a byte now and then earns no more time
    waiting_ = what;
    late_ = false;
    due_ = what == waiting::for_handler ? deadline::max() : after(patience_for(what));
}

std::chrono::milliseconds connection::patience_for(waiting what) const {
    const server_patience& patience = service_->options.patience;
    switch (what) {
        case waiting::for_request: return patience.idle;
        case waiting::for_header: return patience.header;
        case waiting::for_body: return patience.body;
        case waiting::for_handler:
        case waiting::to_write: return patience.write;
        case waiting::to_close: break;
    }
    return patience.linger;
}

void connection::look_after(steady::time_point now) {
    if (now < due_) return;
    late_ = true;
    boost::system::error_code gone;
    if (waiting_ == waiting::to_write || waiting_ == waiting::to_close)
        shut();
    else
        socket_.cancel(gone);
}

void connection::finish() {
    boost::system::error_code gone;
    if (waiting_ == waiting::for_request) socket_.cancel(gone);
}

/// An ordinary close would leave the kernel with what a client does not take.
void connection::shut() {
    course_ = course::broken;
    boost::system::error_code gone;
    if (waiting_ == waiting::to_write) socket_.set_option(asio::socket_base::linger(true, 0), gone);
    socket_.close(gone);
}

void connection::cut() {
    shut();
    cut_.emit(asio::cancellation_type::terminal);
}

}  // namespace dibs::http
