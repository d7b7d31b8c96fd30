#pragma once

#include "core/asio.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>

namespace dibs::tests {

/// Stands between one client and a server on unix sockets. What the server says reaches the client byte by
/// byte, the next one when the client has read the last; what the client says passes as it is.
class slicing_relay {
   public:
    slicing_relay(const asio::any_io_executor& executor, const std::filesystem::path& listens_at);

    /// Serves one client until either side closes.
    task<void> serve(std::filesystem::path server);

   private:
    using socket = asio::local::stream_protocol::socket;
    task<void> pass_whole(socket& from, socket& to);
    task<void> pass_in_slices(socket& from, socket& to);

    asio::local::stream_protocol::acceptor acceptor_;
};

}  // namespace dibs::tests
