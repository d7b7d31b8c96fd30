#pragma once

#include "core/asio.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace dibs::http {

/// The bytes of a client, bare or under TLS. One read and one write may be under way at once. Nothing here
/// adds a coroutine to what Asio makes of a bare socket.
class wire {
   public:
    /// `tls`: null for bare bytes. A client that confirms nothing of what was sent for `patience` has gone.
    wire(asio::ip::tcp::socket socket, asio::ssl::context* tls, std::chrono::milliseconds patience);

    bool under_tls() const { return tls_ != nullptr; }
    /// Without TLS from now on: what a client said in plain is answered in plain.
    void drop_tls() { tls_.reset(); }
    asio::ip::tcp::socket& socket() { return socket_; }

    task<void> shake_hands(boost::system::error_code& failed);
    /// Tells the client that nothing follows, and waits until it says the same.
    task<void> part(boost::system::error_code& failed);

    task<std::size_t> read_some(asio::mutable_buffer into, boost::system::error_code& failed);
    task<std::size_t> write_all(asio::const_buffer from, boost::system::error_code& failed);
    /// What fits at once; of TLS nothing.
    std::size_t write_now(asio::const_buffer from, boost::system::error_code& failed);
    /// Bytes that have arrived and were not read yet: under TLS a little more than what they carry.
    std::size_t arrived();

   private:
    asio::ip::tcp::socket socket_;
    std::unique_ptr<asio::ssl::stream<asio::ip::tcp::socket&>> tls_;
};

/// A handshake failed because the client speaks HTTP without TLS.
bool spoke_plain_http(const boost::system::error_code& failed);

}  // namespace dibs::http
