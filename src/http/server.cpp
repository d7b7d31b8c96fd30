#include "http/server.hpp"

#include "core/event.hpp"
#include "core/spawn.hpp"
#include "core/task_group.hpp"
#include "core/wakeup.hpp"
#include "http/connection.hpp"
#include "http/ports.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace dibs::http {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

/// How many connections beyond the limit are told so; those beyond these are closed without a word.
constexpr std::size_t told_so = 256;
/// How many addresses a rate limit remembers.
constexpr std::size_t addresses_known = 100'000;
/// A pause after accept() has failed: out of descriptors or memory.
constexpr auto accept_pause = 100ms;
/// How long handlers have to end once they are cancelled.
constexpr auto after_cut = 1s;

std::chrono::milliseconds pace_of(const server_patience& patience) {
    const auto shortest = std::min(
        {patience.handshake, patience.header, patience.body, patience.idle, patience.write, patience.linger});
    return std::clamp<std::chrono::milliseconds>(shortest / 4, 5ms, 1s);
}

}  // namespace

struct server::state final : shared_service {
    state(asio::any_io_executor runs_on, server_options wanted, router serves)
        : executor(std::move(runs_on)), emptied(executor), ended(executor), sweep_timer(executor) {
        options = std::move(wanted);
        routes = std::move(serves);
        if (options.rate_by_address) by_address.emplace(*options.rate_by_address, addresses_known);
    }

    void left() override {
        if (connections.empty()) emptied.wake();
    }
    void close_ports();
    void admit(tcp::socket socket);
    void admit_those_who_wait();
    task<void> none_left(deadline until);
    static task<void> accept(std::shared_ptr<state> self, std::size_t port);
    static task<void> sweep(std::shared_ptr<state> self);

    asio::any_io_executor executor;
    std::vector<tcp::acceptor> ports;
    std::weak_ptr<state> self;
    wakeup emptied;
    event ended;
    asio::steady_timer sweep_timer;
    bool open = false;
    std::uint16_t port = 0;
};

void server::state::close_ports() {
    open = false;
    boost::system::error_code gone;
    for (auto& one : ports) one.close(gone);
    sweep_timer.cancel();
}

void server::state::admit(tcp::socket socket) {
    const std::size_t limit = options.limits.connections;
    const bool room = connections.size() < limit;
    if (!room) ++counts.turned_away;
    if (connections.size() >= limit + told_so) return;
    const auto one = std::make_shared<connection>(self.lock(), std::move(socket));
    connection::start(one, room ? connection::admission::served : connection::admission::turned_away);
}

/// The kernel has made these connections already, and their requests may be under way.
void server::state::admit_those_who_wait() {
    for (auto& one : ports)
        for (boost::system::error_code failed; one.is_open() && !failed;) {
            tcp::socket next = one.accept(failed);
            if (!failed) admit(std::move(next));
        }
}

task<void> server::state::accept(std::shared_ptr<state> self, std::size_t port) {
    tcp::acceptor& from = self->ports[port];
    asio::steady_timer pause(self->executor);
    while (self->open) {
        boost::system::error_code failed;
        tcp::socket next = co_await from.async_accept(asio::redirect_error(asio::use_awaitable, failed));
        if (!failed) {
            self->admit(std::move(next));
        } else if (self->open && failed != asio::error::connection_aborted) {
            spdlog::error("no connection can be accepted: {}", failed.message());
            pause.expires_after(accept_pause);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }
}

task<void> server::state::sweep(std::shared_ptr<state> self) {
    const auto pace = pace_of(self->options.patience);
    while (self->open || !self->connections.empty()) {
        self->sweep_timer.expires_after(pace);
        boost::system::error_code woken;
        co_await self->sweep_timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        const auto now = steady::now();
        for (connection* one : self->connections) one->look_after(now);
    }
}

task<void> server::state::none_left(deadline until) {
    bool in_time = true;  // g++ 12 miscompiles a co_await behind a condition's &&
    while (!connections.empty() && in_time) in_time = co_await emptied.wait_until(until);
}

server::server(asio::any_io_executor executor, server_options options, router routes)
    : state_(std::make_shared<state>(std::move(executor), std::move(options), std::move(routes))) {
    state_->self = state_;
}

server::~server() { state_->close_ports(); }

void server::reload_tls() {
    if (state_->options.tls) state_->tls = load_tls(*state_->options.tls);
}

void server::listen() {
    reload_tls();
    state_->ports = open_ports(state_->executor, state_->options);
    state_->port = state_->ports.front().local_endpoint().port();
    state_->open = true;
}

std::uint16_t server::port() const { return state_->port; }

task<void> server::run() {
    const std::shared_ptr<state> shared = state_;
    const struct closing {
        state& of;
        ~closing() { of.close_ports(); }
    } at_the_end{*shared};
    spawn(shared->executor, state::sweep(shared));
    task_group ways_in(shared->executor);
    for (std::size_t port = 0; port < shared->ports.size(); ++port)
        ways_in.spawn(state::accept(shared, port));
    co_await ways_in.join();
    co_await shared->ended.wait();
}

task<void> server::stop(deadline until) {
    const std::shared_ptr<state> shared = state_;
    shared->stopping = true;
    shared->admit_those_who_wait();
    shared->close_ports();
    for (connection* one : shared->connections) one->finish();
    co_await shared->none_left(until);
    for (connection* one : shared->connections) one->cut();
    co_await shared->none_left(after(after_cut));
    shared->ended.set();
}

server::counters server::count() const {
    counters now = state_->counts;
    now.connections = state_->connections.size();
    return now;
}

}  // namespace dibs::http
