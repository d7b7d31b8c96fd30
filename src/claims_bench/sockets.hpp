#pragma once

#include "core/asio.hpp"
#include "sandbox/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// The generator's connections, by the system's own calls: two for each request.
namespace dibs::claims_bench {

class sockets {
   public:
    /// Connects to that port of 127.0.0.1, as often; blocks. Throws std::system_error.
    sockets(std::uint16_t port, std::size_t count);

    std::size_t count() const { return all_.size(); }
    /// All of it at once. Throws std::system_error.
    void send(std::size_t which, std::string_view bytes);
    /// What has arrived, up to 64 KiB, valid until the next call; empty: the server has closed.
    std::string_view receive(std::size_t which);
    /// No longer waited for.
    void drop(std::size_t which);

    /// Those with something to receive; none: the time came first. Valid until the next call.
    const std::vector<std::size_t>& wait(deadline until);

   private:
    std::vector<sandbox::unique_fd> all_;
    sandbox::unique_fd poll_;
    std::vector<std::size_t> ready_;
    std::vector<char> buffer_;
};

}  // namespace dibs::claims_bench
