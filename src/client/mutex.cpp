#include "client/background_thread.hpp"
#include "client/lease_parts.hpp"

#include <dibs/mutex.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace dibs {
namespace {

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
    std::mutex watched = {};  // whoever asks whether it is lost may be on another thread
    std::stop_token lost = {};

    void watch(std::stop_token now) {
        const std::scoped_lock one_at_a_time(watched);
        lost = std::move(now);
    }
};

mutex::mutex(client locks, lock_request request)
    : state_(new state{std::move(locks), std::move(request), {}, {}}) {}

mutex::mutex(client locks, std::string name) : mutex(std::move(locks), lock_request(std::move(name))) {}

mutex::~mutex() = default;

void mutex::lock() {
    while (!take(longest_wait, std::stop_token())) {
    }
}

bool mutex::try_lock() { return take(std::chrono::milliseconds::zero(), std::stop_token()); }

bool mutex::lock(const std::stop_token& stop) {
    while (!take(longest_wait, stop))
        if (stop.stop_requested()) return false;
    return true;
}

bool mutex::take(std::chrono::milliseconds time, const std::stop_token& stop) {
    if (state_->held)
        throw std::logic_error("dibs::mutex: " + state_->request.name.text() +
                               " is held by this mutex already");
    auto wanted = state_->request;
    wanted.wait = std::max(time, std::chrono::milliseconds::zero());
    const auto& executor = state_->locks.executor();
    const auto& core = state_->locks.core_;
    auto work = stop.stop_possible() ? acquire_or_stop(core, std::move(wanted), stop)
                                     : detail::acquire_lease(core, std::move(wanted));
    auto granted = asio::co_spawn(executor, std::move(work), asio::use_future).get();
    if (granted) {
        state_->held.emplace(std::move(*granted), state_->locks.thread_);
        state_->watch(state_->held->lost());
    }
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
    state_->watch({});
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
    const std::scoped_lock one_at_a_time(state_->watched);
    return state_->lost;
}

std::optional<release_outcome> mutex::last_release() const { return state_->last_release; }

}  // namespace dibs
