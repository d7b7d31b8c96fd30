#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <sys/socket.h>
#include <sys/time.h>

#include <string>

namespace dibs::tests {

/// The socket of a service manager, as systemd gives it to its services.
class notify_socket {
   public:
    explicit notify_socket(std::string path) : path_(std::move(path)), socket_(io_, {path_}) {
        const timeval patience{60, 0};
        setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    const std::string& path() const { return path_; }
    /// The next message. Throws boost::system::system_error when none comes within a minute.
    std::string next() {
        std::string text(4096, '\0');
        text.resize(socket_.receive(boost::asio::buffer(text)));
        return text;
    }

   private:
    std::string path_;
    boost::asio::io_context io_;
    boost::asio::local::datagram_protocol::socket socket_;
};

}  // namespace dibs::tests
