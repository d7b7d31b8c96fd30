#include "http/wire.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

namespace dibs::http {
namespace {

auto into_error(boost::system::error_code& failed) {
    return asio::redirect_error(asio::use_awaitable, failed);
}

}  // namespace

wire::wire(asio::ip::tcp::socket socket, asio::ssl::context* tls, std::chrono::milliseconds patience)
    : socket_(std::move(socket)) {
    using user_timeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
    boost::system::error_code gone;
    socket_.set_option(user_timeout(static_cast<int>(patience.count())), gone);
    socket_.set_option(asio::ip::tcp::no_delay(true), gone);
    socket_.non_blocking(true, gone);
    if (tls != nullptr) tls_ = std::make_unique<asio::ssl::stream<asio::ip::tcp::socket&>>(socket_, *tls);
}

task<void> wire::shake_hands(boost::system::error_code& failed) {
    return tls_->async_handshake(asio::ssl::stream_base::server, into_error(failed));
}

task<void> wire::part(boost::system::error_code& failed) { return tls_->async_shutdown(into_error(failed)); }

task<std::size_t> wire::read_some(asio::mutable_buffer into, boost::system::error_code& failed) {
    if (tls_) return tls_->async_read_some(into, into_error(failed));
    return socket_.async_read_some(into, into_error(failed));
}

task<std::size_t> wire::write_all(asio::const_buffer from, boost::system::error_code& failed) {
    if (tls_) return asio::async_write(*tls_, from, into_error(failed));
    return asio::async_write(socket_, from, into_error(failed));
}

std::size_t wire::write_now(asio::const_buffer from, boost::system::error_code& failed) {
    if (!tls_) return socket_.send(from, 0, failed);
    failed = asio::error::would_block;
    return 0;
}

std::size_t wire::arrived() {
    boost::system::error_code gone;
    const std::size_t in_socket = socket_.available(gone);
    if (!tls_) return in_socket;
    SSL* const of = tls_->native_handle();
    return in_socket + BIO_ctrl_pending(SSL_get_rbio(of)) + static_cast<std::size_t>(SSL_pending(of));
}

bool spoke_plain_http(const boost::system::error_code& failed) {
    return failed.category() == asio::error::get_ssl_category() &&
           ERR_GET_REASON(static_cast<unsigned long>(failed.value())) == SSL_R_HTTP_REQUEST;
}

}  // namespace dibs::http
