#pragma once

#include "core/asio.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dibs {

/// Finds the addresses of a host. Not thread-safe.
///
/// The system's resolver blocks a thread of Asio's and cannot be interrupted. So a question that its caller
/// gave up stays open, and the next caller waits for the same answer instead of one behind it: keep it for as
/// long as the host may be asked for. The executor has work until then.
class name_lookup {
   public:
    /// `host`: a name, or an address without brackets.
    name_lookup(const asio::any_io_executor& executor, std::string host, std::uint16_t port);
    name_lookup(name_lookup&&) = default;
    name_lookup& operator=(name_lookup&&) = delete;
    ~name_lookup();

    /// In the order to try them. None: `failed` says why, timed_out when the deadline came first. Throws when
    /// the caller is cancelled.
    task<std::vector<asio::ip::tcp::endpoint>> find(deadline until, boost::system::error_code& failed);

   private:
    struct question;

    std::shared_ptr<question> ask() const;

    asio::any_io_executor executor_;
    std::string host_;
    std::uint16_t port_;
    std::shared_ptr<question> open_;
};

}  // namespace dibs
