#include "tests/support/http_server.hpp"
#include "tests/support/raw_http.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace dibs::tests {
namespace {

const std::string hello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr int crowd_size = 10'000;

/// Empty: this process may have as many descriptors; else why not.
std::string allow_descriptors(rlim_t wanted) {
    rlimit now{};
    ::getrlimit(RLIMIT_NOFILE, &now);
    const rlimit more{wanted, std::max(wanted, now.rlim_max)};
    if (now.rlim_cur >= wanted || ::setrlimit(RLIMIT_NOFILE, &more) == 0) return {};
    return "this machine gives a process " + std::to_string(now.rlim_max) +
           " descriptors, and the test needs " + std::to_string(wanted) + ": raise the limit (ulimit -Hn)";
}

/// Connections that another process holds, so that its descriptors are not counted here. It is forked, and
/// keeps to system calls.
class crowd {
   public:
    crowd() {
        if (::pipe(orders_.data()) != 0 || ::pipe(reports_.data()) != 0) throw std::runtime_error("pipe");
        child_ = ::fork();
        if (child_ != 0) return;
        ::close(orders_[1]);
        ::_exit(live());
    }
    ~crowd() {
        for (const int one : {orders_[0], orders_[1], reports_[0], reports_[1]}) ::close(one);
        ::waitpid(child_, nullptr, 0);
    }
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;

    /// Each returns what the crowd reports: how many connected, and how many of those who asked were
    /// answered.
    int come_to(int port) { return order(port); }
    int some_ask() { return order(0); }

   private:
    int order(int what) {
        int report = -1;
        if (::write(orders_[1], &what, sizeof what) != sizeof what) return -1;
        return ::read(reports_[0], &report, sizeof report) == sizeof report ? report : -1;
    }

    int live() const {
        std::array<int, crowd_size> all{};
        int port = 0;
        if (::read(orders_[0], &port, sizeof port) != sizeof port) return 1;
        report(static_cast<int>(std::ranges::count_if(all, [port](int& one) { return connect(one, port); })));
        int asked = 0;
        if (::read(orders_[0], &asked, sizeof asked) != sizeof asked) return 1;
        int answered = 0;
        for (std::size_t i = 0; i < all.size(); i += 500) answered += is_answered(all[i]) ? 1 : 0;
        report(answered);
        return ::read(orders_[0], &asked, sizeof asked) == 0 ? 0 : 1;  // until the test ends
    }

    static bool connect(int& one, int port) {
        one = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_port = htons(static_cast<std::uint16_t>(port));
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return ::connect(one, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
    }
    static bool is_answered(int one) {
        std::array<char, 12> status{};
        if (::write(one, hello.data(), hello.size()) < 0) return false;
        if (::recv(one, status.data(), status.size(), MSG_WAITALL) != static_cast<ssize_t>(status.size()))
            return false;
        return std::string_view(status.data(), status.size()) == "HTTP/1.1 200";
    }
    void report(int what) const {
        if (::write(reports_[1], &what, sizeof what) < 0) ::_exit(1);
    }

    std::array<int, 2> orders_{};
    std::array<int, 2> reports_{};
    pid_t child_ = 0;
};

TEST(http_crowd, of_10000_idle_connections_keeps_nobody_waiting) {
    const std::string forbidden = allow_descriptors(crowd_size + 200);
    ASSERT_EQ(forbidden, "");
    crowd idle;  // before the server's thread
    http::server_options options;
    options.limits.connections = crowd_size + 10;
    http_server server(options);
    ASSERT_EQ(idle.come_to(server.port()), crowd_size);
    raw_http busy(server.port());
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(body_of(busy.say(hello).answer()), "hello");
    EXPECT_EQ(server.count().connections, static_cast<std::size_t>(crowd_size + 1));
    EXPECT_EQ(server.count().turned_away, 0U);
    EXPECT_EQ(idle.some_ask(), crowd_size / 500);
}

}  // namespace
}  // namespace dibs::tests
