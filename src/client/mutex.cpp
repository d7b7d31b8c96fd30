#include "client/background_thread.hpp"
#include "client/lease_parts.hpp"

#include <dibs/mutex.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dibs {
namespace {

// PostgreSQL bounds its waits by 24 days; lock() begins a new one then.
constexpr std::chrono::hours longest_wait{24};

task<release_outcome> release(lease& held) { co_return co_await held.release(); }

/// Empty also when the stop was requested first.
task<std::optional<lease>> acquire_or_stop(std::shared_ptr<detail::client_core> core, lock_request request,
                                           std::stop_token stop) {
    try {
        co_return co_await detail::acquire_lease(std::move(core), std::move(request), std::move(stop));
    } catch (const boost::system::system_error& ended) {
        if (ended.code() != asio::error::operation_aborted) throw;
    }
    co_return std::nullopt;
}

}  // namespace

struct mutex::state {
    client locks;
    lock_request request;
    std::optional<lease> held;
    std::optional<release_outcome> last_release;
};

mutex::mutex(client locks, lock_request request)
    : state_(std::make_unique<state>(state{std::move(locks), std::move(request), {}, {}})) {}

mutex::mutex(client locks, std::string name) : mutex(std::move(locks), lock_request(std::move(name))) {}

mutex::~mutex() = default;

void mutex::lock() {
    while (!try_lock_for(longest_wait)) {
    }
}

bool mutex::try_lock() { return try_lock_for(std::chrono::milliseconds::zero()); }

bool mutex::lock(const std::stop_token& stop) {
    while (!take(longest_wait, stop))
        if (stop.stop_requested()) return false;
    return true;
}

bool mutex::try_lock_for(std::chrono::milliseconds time) { return take(time, std::stop_token()); }

bool mutex::take(std::chrono::milliseconds time, const std::stop_token& stop) {
    if (state_->held)
        throw std::logic_error("dibs::mutex: " + state_->request.name.text() +
                               " is held by this mutex already");
    auto wanted = state_->request;
    wanted.wait =
        std::clamp<std::chrono::milliseconds>(time, std::chrono::milliseconds::zero(), longest_wait);
    const auto& executor = state_->locks.executor();
    const auto& core = state_->locks.core_;
    auto work = stop.stop_possible() ? acquire_or_stop(core, std::move(wanted), stop)
                                     : detail::acquire_lease(core, std::move(wanted));
    auto granted = asio::co_spawn(executor, std::move(work), asio::use_future).get();
    if (granted) state_->held.emplace(std::move(*granted), state_->locks.thread_);
    return state_->held.has_value();
}

void mutex::unlock() noexcept {
    auto& held = state_->held;
    if (!held) return;
    state_->last_release.reset();
    try {
        const auto& executor = state_->locks.executor();
        state_->last_release = asio::co_spawn(executor, release(*held), asio::use_future).get();
    } catch (...) {  // the lock ends with its lease
    }
    held.reset();
}

std::optional<fencing_token> mutex::token() const {
    const auto& held = state_->held;
    return held ? held->token() : std::nullopt;
}

std::optional<owner_id> mutex::owner() const {
    const auto& held = state_->held;
    return held ? std::optional(held->owner()) : std::nullopt;
}

std::stop_token mutex::lost() const {
    const auto& held = state_->held;
    return held ? held->lost() : std::stop_token();
}

std::optional<release_outcome> mutex::last_release() const { return state_->last_release; }

}  // namespace dibs
