#include "postgres/link.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <libpq-fe.h>

#include <variant>

namespace dibs::postgres {

struct link::state {
    explicit state(const asio::any_io_executor& executor) : socket(executor), timer(executor) {}
    asio::posix::stream_descriptor socket;
    asio::steady_timer timer;
    std::uint64_t turn = 0;  // tells a late expiry of an earlier watch from ours
    bool expired = false;
};

link::link(const asio::any_io_executor& executor) : state_(std::make_shared<state>(executor)) {}
link::~link() { let_go(); }

void link::follow(pg_conn* connection) {
    let_go();
    if (const int socket = PQsocket(connection); socket >= 0) state_->socket.assign(socket);
}

void link::let_go() {
    if (state_->socket.is_open()) state_->socket.release();
}

task<void> link::readable() { check(co_await wait(state_, wait_type::wait_read)); }
task<void> link::writable() { check(co_await wait(state_, wait_type::wait_write)); }

task<void> link::readable_or_writable() {
    using namespace asio::experimental::awaitable_operators;
    const auto first = co_await (wait(state_, wait_type::wait_read) || wait(state_, wait_type::wait_write));
    check(first.index() == 0 ? std::get<0>(first) : std::get<1>(first));
}

task<link::error_code> link::wait(std::shared_ptr<state> on, wait_type what) {
    error_code ended;
    if (!on->expired) co_await on->socket.async_wait(what, asio::redirect_error(asio::use_awaitable, ended));
    co_return ended;
}

void link::check(const error_code& ended) const {
    if (state_->expired) throw deadline_passed{};
    if (ended) throw boost::system::system_error(ended);
}

link::watch::watch(link& over, deadline until) : link_(over) {
    auto& state = *link_.state_;
    state.expired = false;
    state.timer.expires_at(until);
    state.timer.async_wait([shared = link_.state_, turn = ++state.turn](boost::system::error_code cancelled) {
        if (cancelled || turn != shared->turn) return;
        shared->expired = true;
        if (shared->socket.is_open()) shared->socket.cancel();
    });
}

link::watch::~watch() {
    ++link_.state_->turn;
    link_.state_->timer.cancel();
}

}  // namespace dibs::postgres
