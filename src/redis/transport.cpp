#include "redis/transport.hpp"

#include "core/random.hpp"
#include "core/timeout.hpp"
#include "redis/command.hpp"
#include "redis/connection.hpp"
#include "redis/decoder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

namespace dibs::redis {
namespace {

using asio::use_awaitable;
using asio::ip::tcp;

void set(stream_socket& socket, int option, int value) {
    if (::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value) != 0)
        throw boost::system::system_error(errno, boost::system::system_category());
}

/// A host that is gone without a word, or a middlebox that has forgotten us, is otherwise met a quarter of an
/// hour after something was sent, and never by a subscriber, who sends nothing.
void notice_a_dead_path(stream_socket& socket) {
    socket.set_option(asio::socket_base::keep_alive(true));
    set(socket, TCP_KEEPIDLE, 10);  // s
    set(socket, TCP_KEEPINTVL, 5);
    set(socket, TCP_KEEPCNT, 2);
    set(socket, TCP_USER_TIMEOUT, 20'000);  // ms
}

/// Programs that we start are not to have it.
void keep_from_children(stream_socket& socket) {
    if (::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC) != 0)
        throw boost::system::system_error(errno, boost::system::system_category());
}

using address = asio::generic::stream_protocol::endpoint;

task<std::vector<address>> addresses_of(const endpoint& target, name_lookup& names, deadline until) {
    std::vector<address> found;
    if (!target.unix_path.empty()) {
        found.emplace_back(asio::local::stream_protocol::endpoint(target.unix_path));
        co_return found;
    }
    boost::system::error_code failed;
    for (const auto& one : co_await names.find(until, failed)) found.emplace_back(one);
    if (found.empty()) throw boost::system::system_error(failed);
    co_return found;
}

task<void> connect(link& made, const endpoint& target, const address& at) {
    co_await made.socket.async_connect(at, use_awaitable);
    if (!target.unix_path.empty()) co_return;
    made.socket.set_option(tcp::no_delay(true));
    notice_a_dead_path(made.socket);
}

/// The commands that open a connection.
struct greeting {
    explicit greeting(const endpoint& target) {
        if (!target.password.empty()) {
            command login("AUTH");
            if (!target.user.empty()) login.arg(target.user);
            add(login.arg(target.password));
        }
        if (target.database != 0) add(command("SELECT").arg(target.database));
        name = "dibs-" + random_hex(8);
        add(command("CLIENT").arg("SETNAME").arg(name));
        add(command("CLIENT").arg("ID"));
    }
    void add(const command& next) {
        next.append_to(bytes);
        subjects.push_back(next.describe());
    }

    /// Of what the last two answers say; empty where one of them is an error.
    std::optional<client_identity> client(const std::vector<reply>& received) const {
        const reply& named = received.end()[-2];
        const reply& id = received.back();
        if (named.kind() == reply::type::error || id.kind() != reply::type::integer) return std::nullopt;
        return client_identity{id.integer(), name};
    }
    bool may_be_refused(std::size_t index) const { return index + 2 >= subjects.size(); }

    std::string name;
    std::string bytes;
    std::vector<std::string> subjects;
};

bool passes_with_time(const reply& answer) {
    if (answer.kind() != reply::type::error) return false;
    return answer.text().starts_with("LOADING") || answer.text().starts_with("BUSY") ||
           answer.text().starts_with("MASTERDOWN") || answer.text().starts_with("ERR max number of clients");
}

task<std::vector<reply>> exchange(stream_socket& socket, const greeting& hello) {
    co_await asio::async_write(socket, asio::buffer(hello.bytes), use_awaitable);
    decoder answers(64UL * 1024);
    std::vector<reply> received;
    reply next;
    std::array<char, 1024> buffer{};
    while (received.size() < hello.subjects.size()) {
        const std::size_t size = co_await socket.async_read_some(asio::buffer(buffer), use_awaitable);
        answers.feed({buffer.data(), size});
        while (answers.next(next)) received.push_back(std::move(next));
        // a server that has no room says so once and hangs up
        if (!received.empty() && passes_with_time(received.front())) break;
    }
    co_return received;
}

void check(const endpoint& target, const greeting& hello, const std::vector<reply>& received) {
    for (std::size_t i = 0; i < received.size() && i < hello.subjects.size(); ++i) {
        if (received[i].kind() != reply::type::error) continue;
        const std::string& answer = received[i].text();
        if (passes_with_time(received[i]))
            throw error(fault::unavailable, target.describe(), hello.subjects[i], answer);
        if (!hello.may_be_refused(i) || answer.starts_with("NOAUTH"))
            throw refusal(target.describe(), hello.subjects[i], answer);
    }
}

task<void> open(link& made, const endpoint& target, const address& at) {
    co_await connect(made, target, at);
    keep_from_children(made.socket);
    const greeting hello(target);
    const auto received = co_await exchange(made.socket, hello);
    check(target, hello, received);
    made.client = hello.client(received);
    made.socket.non_blocking(true);
}

/// Empty: it is open. Else why not; a refusal is thrown.
task<std::string> attempt(link& made, const endpoint& target, const address& at, deadline until) {
    try {
        const bool in_time = co_await with_timeout(open(made, target, at), until);
        co_return in_time ? "" : "no connection in time";
    } catch (const boost::system::system_error& failure) {
        co_return failure.code().message();
    } catch (const protocol_error& failure) {
        co_return failure.what();
    }
}

}  // namespace

task<link> establish(const endpoint& target, name_lookup& names, deadline until) {
    std::string cause;
    try {
        const auto found = co_await addresses_of(target, names, until);
        for (std::size_t i = 0; i < found.size(); ++i) {
            link made(co_await asio::this_coro::executor);
            cause = co_await attempt(made, target, found[i], share_of(until, found.size() - i));
            if (cause.empty()) co_return made;
        }
    } catch (const boost::system::system_error& unknown) {
        cause = unknown.code().message();
    }
    throw error(fault::unavailable, target.describe(), "connect", cause);
}

}  // namespace dibs::redis
