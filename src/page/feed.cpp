#include "page/feed.hpp"

#include "core/task_group.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <map>
#include <utility>

namespace dibs::page {
namespace {

constexpr const char* comment = ":\n\n";
constexpr const char* away = "event: away\ndata: {}\n\n";

}  // namespace

struct feed::state {
    state(const asio::any_io_executor& executor, view what, feed_limits allowed)
        : look(std::move(what)),
          limits(allowed),
          told(executor, deadline::max()),
          pause(executor),
          looks(executor) {}

    static task<void> watch(std::shared_ptr<state> self);
    task<std::string> seen();
    void tell(std::string event);
    void wake() { told.cancel(); }

    view look;
    feed_limits limits;
    std::size_t listeners = 0;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> from;
    bool watching = false;
    bool closed = false;
    std::string event;          // the newest; empty until there was a look
    std::uint64_t changes = 0;  // of the event
    deadline quiet_until{};
    asio::steady_timer told;  // never expires: cancelled to wake all listeners
    asio::steady_timer pause;
    task_group looks;
};

task<std::string> feed::state::seen() {
    try {
        co_return fmt::format("data: {}\n\n", co_await look());
    } catch (const std::exception& failure) {
        if (event != away) spdlog::warn("the pages cannot show what there is: {}", failure.what());
    }
    co_return away;
}

void feed::state::tell(std::string now) {
    if (now != event) {
        event = std::move(now);
        ++changes;
    } else if (steady::now() < quiet_until) {
        return;
    }
    quiet_until = after(limits.sign_of_life);
    wake();
}

task<void> feed::state::watch(std::shared_ptr<state> self) {
    while (self->listeners > 0 && !self->closed) {
        std::string now = co_await self->seen();
        self->tell(std::move(now));
        if (self->closed) break;
        self->pause.expires_after(self->limits.pace);
        boost::system::error_code woken;
        co_await self->pause.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    self->watching = false;
    self->event.clear();  // it will be old when the next listener comes
}

feed::feed(const asio::any_io_executor& executor, view look, feed_limits limits)
    : state_(std::make_shared<state>(executor, std::move(look), limits)) {}

feed::~feed() { close(); }

std::shared_ptr<feed::listener> feed::join(http::rate_key from) {
    if (state_->closed || state_->listeners >= state_->limits.listeners) return nullptr;
    const auto there = state_->from.find({from.high, from.low});
    if (there != state_->from.end() && there->second >= state_->limits.from_one) return nullptr;
    auto joined = std::make_shared<listener>(state_, from);
    if (!std::exchange(state_->watching, true)) state_->looks.spawn(state::watch(state_));
    return joined;
}

std::size_t feed::listeners() const { return state_->listeners; }

void feed::close() {
    state_->closed = true;
    state_->pause.cancel();
    state_->wake();
}

task<void> feed::settle() { co_await state_->looks.join(); }

feed::listener::listener(std::shared_ptr<state> of, http::rate_key from) : of_(std::move(of)), from_(from) {
    ++of_->listeners;
    ++of_->from[{from.high, from.low}];
}

feed::listener::~listener() {
    --of_->listeners;
    const auto mine = of_->from.find({from_.high, from_.low});
    if (--mine->second == 0) of_->from.erase(mine);
}

task<std::string> feed::listener::next() {
    bool waited = false;
    while (!of_->closed) {
        if (!of_->event.empty() && heard_ != of_->changes) {
            heard_ = of_->changes;
            co_return of_->event;
        }
        if (waited && !of_->event.empty()) co_return comment;
        boost::system::error_code woken;
        co_await of_->told.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        waited = true;
    }
    co_return std::string();
}

}  // namespace dibs::page
