// Not through hiredis: it writes without MSG_NOSIGNAL, and a server that dies in between would end us by
// SIGPIPE.
#include "sandbox/redis_ping.hpp"

#include "sandbox/unique_fd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <string_view>

namespace dibs::sandbox {
namespace {

constexpr int reply_limit_ms = 1000;

template <class Address>
bool answers(const Address& where, const std::string& question) {
    const unique_fd socket(
        ::socket(reinterpret_cast<const sockaddr&>(where).sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) return false;
    if (::send(socket.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) return false;
    std::string reply;
    while (reply.find("+PONG\r\n") == std::string::npos) {
        pollfd wanted{socket.get(), POLLIN, 0};
        if (::poll(&wanted, 1, reply_limit_ms) <= 0) return false;
        std::array<char, 512> block;
        const auto size = ::recv(socket.get(), block.data(), block.size(), 0);
        if (size <= 0) return false;
        reply.append(block.data(), static_cast<std::size_t>(size));
        if (reply.find("\n-") != std::string::npos || reply.front() == '-') return false;
    }
    return true;
}

}  // namespace

bool redis_answers(const std::filesystem::path& socket) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    socket.native().copy(where.sun_path, sizeof where.sun_path - 1);
    return answers(where, "PING\r\n");
}

bool redis_answers(std::uint16_t port, const std::string& password) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return answers(where, "AUTH " + password + "\r\nPING\r\n");
}

}  // namespace dibs::sandbox
