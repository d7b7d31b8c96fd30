#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dibs::tests {

/// A client that says exactly what it is told to, and blocks. What does not come within twenty seconds
/// throws boost::system::system_error.
class raw_http {
   public:
    /// `address`: as numbers.
    explicit raw_http(std::uint16_t port, const char* address = "127.0.0.1");

    boost::asio::ip::tcp::socket& socket() { return socket_; }

    raw_http& say(std::string_view bytes);
    /// One answer, by its Content-Length.
    std::string answer();
    /// Without the body that its Content-Length promises.
    std::string header_only();
    /// So many bytes.
    std::string take(std::size_t size);
    /// Everything until the server closes the connection, in good order or by a reset.
    std::string until_closed();
    /// Ends the sending half.
    void finish();
    /// Closes with a reset.
    void abort();

   private:
    bool fill();

    boost::asio::io_context io_;
    boost::asio::ip::tcp::socket socket_{io_};
    std::string received_;
};

/// The status of an answer, 0 when it has none.
int status_of(std::string_view answer);
/// What a header says its body has; 0 when it says nothing.
std::size_t content_length(std::string_view header);
std::string_view body_of(std::string_view answer);

}  // namespace dibs::tests
