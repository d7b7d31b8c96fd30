#include "fault/proxy.hpp"

#include "core/task_group.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/un.h>
#include <unistd.h>

#include <set>
#include <utility>

namespace dibs::faults {
namespace {

using acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

constexpr std::chrono::milliseconds pause_after_failure{10};

bool is_unix(const endpoint& where) { return where.protocol().family() == AF_UNIX; }

void listen_at(acceptor& door, const endpoint& where) {
    if (is_unix(where)) ::unlink(reinterpret_cast<const sockaddr_un*>(where.data())->sun_path);
    door.open(where.protocol());
    door.set_option(asio::socket_base::reuse_address(true));
    door.bind(where);
    door.listen();
}

// A port of ours that no outgoing connection takes while nobody listens there.
endpoint listen_at_free_port(acceptor& door) {
    for (int tries_left = 10;; --tries_left) {
        const auto where = loopback(sandbox::free_port());
        try {
            listen_at(door, where);
            return where;
        } catch (const boost::system::system_error&) {
            door.close();
            if (tries_left == 0) throw;
        }
    }
}

}  // namespace

struct proxy::state {
    state(const asio::any_io_executor& executor, endpoint to, std::uint64_t seed)
        : server(std::move(to)), door(executor), gate(executor), tasks(executor), conditions{{}, {}, seed} {}

    static task<void> accept_all(std::shared_ptr<state> self);
    static task<void> serve(std::shared_ptr<state> self, std::shared_ptr<link> one);
    void cut();
    link_conditions& at(direction which) {
        return which == direction::to_server ? conditions.to_server : conditions.to_client;
    }

    endpoint server;
    endpoint address;
    acceptor door;
    wakeup gate;  // for the accepting task, when something has changed
    admission admitted = admission::open;
    bool stopped = false;
    task_group tasks;
    both_conditions conditions;
    link_statistics counted;
    std::set<std::shared_ptr<link>> links;
};

task<void> proxy::state::accept_all(std::shared_ptr<state> self) {
    while (!self->stopped) {
        if (self->admitted != admission::open) {
            co_await self->gate.wait_until(deadline::max());
            continue;
        }
        stream_socket client(self->door.get_executor());
        boost::system::error_code failed;
        co_await self->door.async_accept(client, asio::redirect_error(asio::use_awaitable, failed));
        if (failed) {
            if (failed != asio::error::operation_aborted) {
                co_await self->gate.wait_until(after(pause_after_failure));
            }
            continue;
        }
        if (self->stopped) co_return;
        ++self->conditions.seed;
        auto one = std::make_shared<link>(std::move(client), self->conditions, self->counted);
        self->tasks.spawn(serve(self, std::move(one)));
    }
}

task<void> proxy::state::serve(std::shared_ptr<state> self, std::shared_ptr<link> one) {
    self->links.insert(one);
    ++self->counted.connections;
    ++self->counted.open;
    co_await link::serve(one, self->server);
    --self->counted.open;
    self->links.erase(one);
}

void proxy::state::cut() {
    stopped = true;
    boost::system::error_code ignored;
    door.close(ignored);
    if (is_unix(address)) ::unlink(reinterpret_cast<const sockaddr_un*>(address.data())->sun_path);
    gate.wake();
    for (const auto& each : links) each->reset();
}

proxy::proxy(const asio::any_io_executor& executor, endpoint server, const proxy_options& options)
    : state_(std::make_shared<state>(executor, std::move(server), options.seed)) {
    if (options.listen) {
        listen_at(state_->door, *options.listen);
        state_->address = *options.listen;
    } else {
        state_->address = listen_at_free_port(state_->door);
    }
    state_->tasks.spawn(state::accept_all(state_));
}

proxy::~proxy() {
    if (state_ && !state_->stopped) state_->cut();
}

const endpoint& proxy::address() const { return state_->address; }

std::uint16_t proxy::port() const {
    if (is_unix(state_->address)) return 0;
    return ntohs(reinterpret_cast<const sockaddr_in*>(state_->address.data())->sin_port);
}

void proxy::set(const link_conditions& both) {
    set(direction::to_server, both);
    set(direction::to_client, both);
}

void proxy::set(direction which, const link_conditions& conditions) {
    auto& present = state_->at(which);
    const bool healed = present.hole == black_hole::drop && conditions.hole != black_hole::drop;
    present = conditions;
    for (const auto& each : state_->links) {
        each->change(which, conditions);
        if (healed) each->heal();
    }
}

void proxy::admit(admission what) {
    if (state_->stopped) return;
    state_->admitted = what;
    auto& door = state_->door;
    if (what == admission::refuse && door.is_open()) door.close();
    if (what != admission::refuse && !door.is_open()) listen_at(door, state_->address);
    if (what == admission::hang) door.cancel();
    state_->gate.wake();
}

void proxy::reset_all() {
    for (const auto& each : state_->links) each->reset();
}

void proxy::half_open(side gone) {
    for (const auto& each : state_->links) each->half_open(gone);
}

void proxy::hang_up(side gone) {
    for (const auto& each : state_->links) each->hang_up(gone);
}

void proxy::heal() {
    set({});
    for (const auto& each : state_->links) each->heal();
    admit(admission::open);
}

link_statistics proxy::statistics() const {
    auto counted = state_->counted;
    for (const auto& each : state_->links) counted.dropped += each->dropped();
    return counted;
}

task<void> proxy::stop() {
    const auto shared = state_;
    if (!shared->stopped) shared->cut();
    co_await shared->tasks.join();
}

std::string url_through(const proxy& through, const sandbox::redis_server& server) {
    return server.url_at(through.port());
}

std::string url_through(const proxy& through, const sandbox::postgres_cluster& server) {
    return server.url_at(through.port());
}

}  // namespace dibs::faults
