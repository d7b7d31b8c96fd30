#include "http/connection.hpp"

namespace dibs::http {

void connection::wait(waiting what) {
    const bool goes_on = what == waiting_ && due_ != deadline::max();
    if (goes_on && what != waiting::to_write) return;  // a byte now and then earns no more time
    waiting_ = what;
    late_ = false;
    const bool endless = what == waiting::for_handler || what == waiting::for_stream;
    due_ = endless ? deadline::max() : after(patience_for(what));
}

std::chrono::milliseconds connection::patience_for(waiting what) const {
    const server_patience& patience = service_->options.patience;
    switch (what) {
        case waiting::for_handshake: return patience.handshake;
        case waiting::for_request: return patience.idle;
        case waiting::for_header: return patience.header;
        case waiting::for_body: return patience.body;
        case waiting::for_handler:
        case waiting::for_stream:
        case waiting::to_write: return patience.write;
        case waiting::to_close: break;
    }
    return patience.linger;
}

void connection::look_after(steady::time_point now) {
    if (now < due_) return;
    late_ = true;
    boost::system::error_code gone;
    if (waiting_ == waiting::to_write || waiting_ == waiting::to_close || waiting_ == waiting::for_handshake)
        shut();
    else
        wire_.socket().cancel(gone);
}

void connection::finish() {
    boost::system::error_code gone;
    // Of a read that is under way nobody knows whether its bytes have left the socket: is_last() counts them.
    const bool reads =
        waiting_ == waiting::for_request || waiting_ == waiting::for_header || waiting_ == waiting::for_body;
    if (!reads) owed_ = received_ + wire_.arrived();
    if (waiting_ == waiting::for_handshake) shut();
    if (waiting_ == waiting::for_request || course_ == course::streams) wire_.socket().cancel(gone);
}

/// An ordinary close would leave the kernel with what a client does not take.
void connection::shut() {
    course_ = course::broken;
    boost::system::error_code gone;
    if (waiting_ == waiting::to_write) wire_.socket().set_option(asio::socket_base::linger(true, 0), gone);
    wire_.socket().close(gone);
}

void connection::cut() {
    shut();
    cut_.emit(asio::cancellation_type::terminal);
}

}  // namespace dibs::http
