#include "sandbox/address.hpp"

#include "sandbox/unique_fd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>
#include <random>
#include <stdexcept>

namespace dibs::sandbox {
namespace {

constexpr std::uint16_t lowest = 10'000;

// The first port that the kernel takes for outgoing connections.
std::uint16_t first_outgoing() {
    std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
    std::uint16_t first = 0;
    return range >> first && first > lowest ? first : 32'768;
}

bool is_free(std::uint16_t port) {
    const unique_fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
}

}  // namespace

std::uint16_t free_port() {
    std::random_device source;
    std::uniform_int_distribution<std::uint16_t> choice(lowest,
                                                        static_cast<std::uint16_t>(first_outgoing() - 1));
    for (int tries = 0; tries < 1000; ++tries) {
        const auto port = choice(source);
        if (is_free(port)) return port;
    }
    throw std::runtime_error("found no free port on 127.0.0.1");
}

}  // namespace dibs::sandbox
