#pragma once

#include "core/asio.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <string>

namespace dibs::tests {

/// Stands between one client and a PostgreSQL server on unix sockets, and passes everything until it is told
/// to keep the server's answers to itself.
class silent_relay {
   public:
    /// Makes `folder` for its socket.
    silent_relay(const asio::any_io_executor& executor, const std::filesystem::path& folder,
                 const std::string& server_url);

    /// Where its client connects to: a URI for libpq.
    const std::string& url() const { return url_; }

    /// Serves one client until either side closes, or cut().
    task<void> serve();
    void fall_silent() { silent_ = true; }
    void cut();

   private:
    using socket = asio::local::stream_protocol::socket;
    task<void> pass_questions();
    task<void> pass_answers();

    std::string server_;
    std::string url_;
    asio::local::stream_protocol::acceptor acceptor_;
    socket client_;
    socket backend_;
    bool silent_ = false;
};

}  // namespace dibs::tests
