#include "tests/support/tls_http.hpp"

#include "tests/support/raw_http.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace dibs::tests {
namespace {

namespace ssl = boost::asio::ssl;

ssl::context& set_up(ssl::context& context, int highest) {
    SSL_CTX_set_security_level(context.native_handle(), 0);  // it is the server that must be strict
    if (highest != 0) SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_VERSION);
    if (highest != 0) SSL_CTX_set_max_proto_version(context.native_handle(), highest);
    return context;
}

}  // namespace

tls_http::tls_http(std::uint16_t port, int highest) : stream_(io_, set_up(context_, highest)) {
    socket().connect({boost::asio::ip::address_v4::loopback(), port});
    stream_.handshake(ssl::stream_base::client);
}

tls_http& tls_http::say(std::string_view bytes) {
    boost::asio::write(stream_, boost::asio::buffer(bytes));
    return *this;
}

void tls_http::set_cork(int on) {
    ::setsockopt(socket().native_handle(), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

bool tls_http::fill() {
    std::array<char, 16384> bytes{};
    boost::system::error_code failed;
    const std::size_t size = stream_.read_some(boost::asio::buffer(bytes), failed);
    if (failed && failed != boost::asio::error::eof) throw boost::system::system_error(failed, "tls_http");
    received_.append(bytes.data(), size);
    return !failed;
}

std::string tls_http::take(std::size_t size) {
    while (received_.size() < size)
        if (!fill()) throw std::runtime_error("closed too early: " + received_);
    std::string taken = received_.substr(0, size);
    received_.erase(0, size);
    return taken;
}

std::string tls_http::header_only() {
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos)
        if (!fill()) throw std::runtime_error("closed within a header: " + received_);
    return take(end + 4);
}

std::string tls_http::answer() {
    std::string whole = header_only();
    whole += take(content_length(whole));
    return whole;
}

std::string tls_http::until_closed() {
    while (fill()) {
    }
    return std::exchange(received_, {});
}

std::string tls_http::version() { return SSL_get_version(stream_.native_handle()); }

std::string tls_http::server_name() {
    std::array<char, 64> name{};
    X509* const shown = SSL_get1_peer_certificate(stream_.native_handle());
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name.data(), name.size());
    X509_free(shown);
    return name.data();
}

}  // namespace dibs::tests
