#include "postgres/pool.hpp"

#include "postgres/connect_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace dibs::postgres {

struct pool::state {
    state(asio::any_io_executor on, target where, pool_options wanted)
        : executor(std::move(on)),
          server(std::move(where)),
          servers(executor, server),
          backend(server.describe()),
          options(wanted),
          door(executor, backend, {.inside = wanted.size, .waiting = wanted.waiting}),
          guard(wanted.reconnect_pause) {
        idle.reserve(wanted.size);  // a loan that ends must not throw
    }

    asio::any_io_executor executor;
    target server;
    server_list servers;
    std::string backend;
    pool_options options;
    gate door;                                      // as many may be inside as there may be sessions
    std::vector<std::unique_ptr<connection>> idle;  // the one used last is taken first
    connect_guard guard;
    bool closed = false;

    std::unique_ptr<connection> take_idle();
    task<std::unique_ptr<connection>> open(deadline until);
    void refuse_if_closed() const {
        if (closed) throw error(fault::closed, backend, "pool", "it was closed");
    }
};

std::unique_ptr<connection> pool::state::take_idle() {
    while (!idle.empty()) {
        auto session = std::move(idle.back());
        idle.pop_back();
        if (session->still_open()) return session;
    }
    return nullptr;
}

task<std::unique_ptr<connection>> pool::state::open(deadline until) {
    if (!guard.admit(steady::now())) std::rethrow_exception(guard.last_failure());
    const auto ours = after(options.connect_timeout);
    try {
        auto session = co_await connection::open(executor, server, servers, std::min(until, ours));
        guard.succeeded();
        co_return session;
    } catch (const error&) {
        // That a caller was in a hurry says nothing of the server.
        if (until < ours && until <= steady::now())
            guard.gave_up();
        else
            guard.failed(std::current_exception(), steady::now());
        throw;
    } catch (...) {
        guard.gave_up();
        throw;
    }
}

pool::loan::loan(std::shared_ptr<state> of, gate::pass place, std::unique_ptr<connection> session)
    : state_(std::move(of)), place_(std::move(place)), session_(std::move(session)) {}

pool::loan::~loan() {
    if (session_ && reusable_ && session_->usable() && !session_->in_transaction() && !state_->closed)
        state_->idle.push_back(std::move(session_));
}

pool::pool(asio::any_io_executor executor, target where, pool_options options)
    : state_(std::make_shared<state>(std::move(executor), std::move(where), options)) {}

pool::pool(asio::any_io_executor executor, std::string conninfo, pool_options options)
    : pool(std::move(executor), target{.conninfo = std::move(conninfo)}, options) {}

pool::~pool() { close(); }

task<pool::loan> pool::acquire(deadline until) {
    const auto shared = state_;
    shared->refuse_if_closed();
    auto place = co_await shared->door.enter(until);
    shared->refuse_if_closed();
    if (!place)
        throw error(fault::exhausted, shared->backend, "pool",
                    fmt::format("none of {} sessions was free before the deadline", shared->options.size));
    auto session = shared->take_idle();
    if (!session) session = co_await shared->open(until);
    co_return loan(shared, std::move(*place), std::move(session));
}

task<result> pool::execute(const statement& what, params values, deadline until) {
    const auto session = co_await acquire(until);
    co_return co_await session->execute(what, std::move(values), until);
}

task<std::vector<result>> pool::execute(std::vector<query> together, deadline until) {
    const auto session = co_await acquire(until);
    co_return co_await session->execute(std::move(together), until);
}

void pool::require_open() const { state_->refuse_if_closed(); }

void pool::close() {
    state_->closed = true;
    state_->idle.clear();
}

std::size_t pool::on_loan() const { return state_->door.inside(); }
std::size_t pool::idle() const { return state_->idle.size(); }
std::size_t pool::waiting() const { return state_->door.waiting(); }
const asio::any_io_executor& pool::executor() const { return state_->executor; }

}  // namespace dibs::postgres
