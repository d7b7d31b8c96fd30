#include "claims_bench/sockets.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace dibs::claims_bench {
namespace {

constexpr std::size_t buffer_size = 64UL * 1024;
constexpr std::size_t events_at_once = 256;

[[noreturn]] void fail_to(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

sandbox::unique_fd connected_to(std::uint16_t port) {
    sandbox::unique_fd made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!made) fail_to("socket");
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail_to("connect");
    const int on = 1;
    ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return made;
}

timespec time_left(deadline until) {
    const auto left = std::max(until - steady::now(), steady::duration::zero());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    return {seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
}

}  // namespace

sockets::sockets(std::uint16_t port, std::size_t count)
    : poll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(buffer_size) {
    if (!poll_) fail_to("epoll_create1");
    for (std::size_t i = 0; i < count; ++i) {
        all_.push_back(connected_to(port));
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.u64 = i;
        if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, all_.back().get(), &wanted) != 0) fail_to("epoll_ctl");
    }
}

void sockets::send(std::size_t which, std::string_view bytes) {
    // A request is far smaller than a socket's buffer, which is empty before it.
    const auto sent = ::send(all_[which].get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail_to("send");
    if (static_cast<std::size_t>(sent) != bytes.size())
        throw std::system_error(EMSGSIZE, std::generic_category(), "send");
}

std::string_view sockets::receive(std::size_t which) {
    const auto got = ::recv(all_[which].get(), buffer_.data(), buffer_.size(), 0);
    if (got < 0 && errno != ECONNRESET) fail_to("recv");
    return {buffer_.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

void sockets::drop(std::size_t which) { all_[which] = {}; }

const std::vector<std::size_t>& sockets::wait(deadline until) {
    std::array<epoll_event, events_at_once> events;
    const timespec time = time_left(until);
    const int count =
        ::epoll_pwait2(poll_.get(), events.data(), static_cast<int>(events.size()), &time, nullptr);
    if (count < 0 && errno != EINTR) fail_to("epoll_pwait2");
    ready_.clear();
    for (int i = 0; i < count; ++i) ready_.push_back(events[static_cast<std::size_t>(i)].data.u64);
    return ready_;
}

}  // namespace dibs::claims_bench
