#include "http/connection.hpp"

#include "core/spawn.hpp"
#include "http/dispatch.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
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

task<response> answer_with(response made) { co_return made; }

}  // namespace

connection::connection(std::shared_ptr<shared_service> service, asio::ip::tcp::socket socket)
    : service_(std::move(service)),
      place_(service_->connections.insert(service_->connections.end(), this)),
      wire_(std::move(socket), service_->tls.get(), service_->options.patience.write),
      reader_({service_->options.limits.header_bytes, service_->options.limits.body_bytes}) {
    boost::system::error_code gone;
    peer_ = wire_.socket().remote_endpoint(gone).address();
}

connection::~connection() {
    service_->connections.erase(place_);
    service_->left();
}

void connection::start(const std::shared_ptr<connection>& self, admission how) {
    spawn(self->wire_.socket().get_executor(), run(self, how), self->cut_.slot());
}

task<void> connection::run(std::shared_ptr<connection> self, admission how) {
    try {
        if (how == admission::turned_away) {
            self->wire_.drop_tls();  // no handshake for those who are sent away
            self->refuse(503, "this server has as many connections as it may have; come again");
        } else {
            if (self->wire_.under_tls()) co_await self->shake_hands();
            co_await self->serve();
        }
        co_await self->flush();
        const bool parts = self->wire_.under_tls() && self->course_ == course::closes;
        if (parts || self->course_ == course::lingers) co_await self->linger();
    } catch (const std::exception& failure) {
        if (self->course_ != course::broken) spdlog::error("a connection failed: {}", failure.what());
    }
    boost::system::error_code gone;
    self->wire_.socket().close(gone);
}

task<void> connection::shake_hands() {
    if (service_->stopping) course_ = course::broken;  // nothing was asked yet
    if (course_ == course::broken) co_return;
    wait(waiting::for_handshake);
    boost::system::error_code failed;
    co_await wire_.shake_hands(failed);
    if (!failed) co_return;
    ++service_->counts.refused;
    wire_.drop_tls();
    if (spoke_plain_http(failed))
        refuse(400, "this port speaks HTTP over TLS: ask with https");
    else
        course_ = course::broken;
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
    request& asked = reader_.message();
    identify(asked);
    // What is ready waits for no handler: see send_before_handler_waits(), which TLS cannot do.
    if (wire_.under_tls()) co_await flush();
    wait(waiting::for_handler);
    send_before_handler_waits();
    const response made = co_await admit(asked);
    if (course_ != course::goes_on) co_return;
    if (is_last() || !reader_.keep_alive() || made.stream)
        course_ = reader_.left_over() > 0 ? course::lingers : course::closes;
    const body_sent how = how_sent(made, asked.verb);
    append(made, how);
    if (how == body_sent::in_chunks || how == body_sent::until_close) co_await stream(made, how);
    tell(asked, made.status);
    reader_.next();
}

/// Whether the server stops and the next request was not here when it began to.
bool connection::is_last() {
    if (!service_->stopping) return false;
    if (!owed_) owed_ = received_ + wire_.arrived();
    const bool none_here = reader_.left_over() == 0 && wire_.arrived() == 0;
    return none_here || received_ - reader_.left_over() >= *owed_;
}

void connection::identify(request& asked) {
    if (service_->options.on_answered) began_ = steady::now();
    asked.client = client_address(peer_, asked.fields, service_->options.trusted_proxies);
    const auto given = asked.header("X-Request-Id");
    if (!given || !is_request_id(*given)) own_id_ = service_->ids.next();
    asked.id = given && is_request_id(*given) ? *given : std::string_view(own_id_.data(), own_id_.size());
    const auto trace = asked.header("traceparent");
    asked.traceparent = trace && read_traceparent(*trace) ? *trace : std::string_view{};
}

task<response> connection::admit(const request& asked) {
    if (service_->by_address)
        if (const auto again = service_->by_address->refuse(key_of(asked.client), steady::now())) {
            ++service_->counts.limited;
            return answer_with(rate_limited(*again));
        }
    return dispatch(service_->routes, asked);
}

void connection::tell(const request& asked, int status) const {
    if (!service_->options.on_answered) return;
    answered_request record;
    record.verb = asked.verb;
    record.path = asked.path;
    record.status = status;
    record.took = steady::now() - began_;
    record.bytes = answer_bytes_;
    record.request_id = asked.id;
    if (const auto trace = read_traceparent(asked.traceparent)) record.trace_id = trace->trace_id;
    record.client = asked.client;
    service_->options.on_answered(record);
}

body_sent connection::how_sent(const response& made, method asked) const {
    if (asked == method::head) return body_sent::only_its_length;
    if (!made.stream) return body_sent::whole;
    return reader_.is_http_1_0() ? body_sent::until_close : body_sent::in_chunks;
}

void connection::append(const response& what, body_sent how) {
    auto after = reader_.is_http_1_0() ? persistence::announce_keep : persistence::keep;
    if (course_ != course::goes_on) after = persistence::close;
    const request& asked = reader_.message();
    const std::size_t before = out_.size();
    append_answer(out_, what,
                  {service_->date.at(std::chrono::system_clock::now()), asked.id, asked.traceparent}, after,
                  how);
    answer_bytes_ = out_.size() - before;
}

void connection::refuse(int status, std::string detail) {
    course_ = course::lingers;
    response made = plain_problem(status, std::move(detail));
    if (status == 503) made.headers.emplace_back("Retry-After", "1");
    request& asked = reader_.message();
    asked = {};  // nothing of what was refused is believed
    identify(asked);
    append(made, body_sent::whole);
    asked.verb = method::other;
    tell(asked, status);
}

bool connection::nothing_pending() {
    return reader_.reading() == request_reader::stage::idle && wire_.arrived() == 0;
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
    const std::size_t size = co_await wire_.read_some(asio::buffer(room.data(), room.size()), failed);
    if (failed)
        receive_failed(failed);
    else
        reader_.received(size);
    received_ += size;
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
    asio::post(wire_.socket().get_executor(), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->send_what_is_ready();
    });
}

void connection::send_what_is_ready() {
    will_send_ = false;
    if (waiting_ != waiting::for_handler || course_ != course::goes_on || out_.empty()) return;
    boost::system::error_code failed;
    const std::size_t sent = wire_.write_now(asio::buffer(out_), failed);
    out_.erase(0, sent);  // what did not fit, or failed, is flush()'s
}

/// Most answers fit into the socket's buffer at once, and cost one call.
task<void> connection::flush() {
    if (out_.empty() || course_ == course::broken) co_return;
    boost::system::error_code failed;
    const std::size_t sent = wire_.write_now(asio::buffer(out_), failed);
    if (failed == asio::error::would_block || (!failed && sent < out_.size())) {
        wait(waiting::to_write);
        co_await wire_.write_all(asio::buffer(out_) + sent, failed);
    }
    if (failed) course_ = course::broken;
    out_.clear();
}

/// Closing a socket with unread bytes resets the connection, and the client may never see its answer.
task<void> connection::linger() {
    wait(waiting::to_close);
    boost::system::error_code ended;
    boost::system::error_code parted;  // fails where the client goes on writing
    if (wire_.under_tls()) co_await wire_.part(parted);
    wire_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ended);
    std::array<char, 4096> dropped{};
    for (std::size_t total = 0; !ended && total < lingering_bytes;)
        total += co_await wire_.socket().async_read_some(asio::buffer(dropped),
                                                         asio::redirect_error(use_awaitable, ended));
}

}  // namespace dibs::http
