#include "tests/support/raw_http.hpp"

#include <boost/asio/write.hpp>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace dibs::tests {
namespace {

constexpr std::string_view end_of_header = "\r\n\r\n";

}  // namespace

raw_http::raw_http(std::uint16_t port, const char* address) {
    socket_.connect({boost::asio::ip::make_address(address), port});
    const timeval patience{20, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

raw_http& raw_http::say(std::string_view bytes) {
    boost::asio::write(socket_, boost::asio::buffer(bytes));
    return *this;
}

/// Plain recv: Asio would go on waiting when the time-out has passed. False: the server has closed.
bool raw_http::fill() {
    std::array<char, 16384> bytes{};
    const ssize_t size = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), 0);
    if (size < 0 && errno != ECONNRESET)
        throw boost::system::system_error({errno, boost::system::system_category()}, "raw_http");
    if (size > 0) received_.append(bytes.data(), static_cast<std::size_t>(size));
    return size > 0;
}

std::string raw_http::header_only() {
    while (received_.find(end_of_header) == std::string::npos)
        if (!fill()) throw std::runtime_error("closed within a header: " + received_);
    const std::size_t size = received_.find(end_of_header) + end_of_header.size();
    std::string header = received_.substr(0, size);
    received_.erase(0, size);
    return header;
}

std::string raw_http::answer() {
    std::string whole = header_only();
    whole += take(content_length(whole));
    return whole;
}

std::string raw_http::take(std::size_t size) {
    while (received_.size() < size)
        if (!fill()) throw std::runtime_error("closed within a body");
    std::string taken = received_.substr(0, size);
    received_.erase(0, size);
    return taken;
}

std::string raw_http::until_closed() {
    while (fill()) {
    }
    return std::exchange(received_, {});
}

void raw_http::finish() {
    boost::system::error_code gone;  // the server may have been first
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, gone);
}

void raw_http::abort() {
    socket_.set_option(boost::asio::socket_base::linger(true, 0));
    socket_.close();
}

std::size_t content_length(std::string_view header) {
    constexpr std::string_view name = "Content-Length: ";
    std::size_t size = 0;
    const std::size_t at = header.find(name);
    if (at != std::string_view::npos)
        std::from_chars(header.data() + at + name.size(), header.data() + header.size(), size);
    return size;
}

int status_of(std::string_view answer) {
    constexpr std::string_view version = "HTTP/1.1 ";
    int status = 0;
    if (answer.starts_with(version) && answer.size() > version.size() + 3)
        std::from_chars(answer.data() + version.size(), answer.data() + version.size() + 3, status);
    return status;
}

std::string_view body_of(std::string_view answer) {
    const std::size_t end = answer.find(end_of_header);
    return end == std::string_view::npos ? std::string_view{} : answer.substr(end + end_of_header.size());
}

}  // namespace dibs::tests
