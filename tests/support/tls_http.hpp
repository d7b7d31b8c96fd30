#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dibs::tests {

/// As raw_http, under TLS. Trusts everybody.
class tls_http {
   public:
    /// `highest`: as OpenSSL numbers the versions; 0: any. Throws boost::system::system_error where the two
    /// do not agree.
    explicit tls_http(std::uint16_t port, int highest = 0);

    tls_http& say(std::string_view bytes);
    /// What is said from here to uncork() arrives at once.
    void cork() { set_cork(1); }
    void uncork() { set_cork(0); }
    std::string answer();
    std::string take(std::size_t size);
    std::string header_only();
    /// Everything until the server says that nothing follows. Throws where it closes without saying so.
    std::string until_closed();

    std::string version();
    /// The name in the server's certificate.
    std::string server_name();
    boost::asio::ip::tcp::socket& socket() { return stream_.next_layer(); }

   private:
    bool fill();
    void set_cork(int on);

    boost::asio::io_context io_;
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
    boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
    std::string received_;
};

}  // namespace dibs::tests
