#include "client/background_thread.hpp"
#include "client/hop.hpp"
#include "client/lease_parts.hpp"
#include "core/spawn.hpp"

#include <dibs/error.hpp>
#include <dibs/lease.hpp>

#include <cassert>
#include <exception>
#include <utility>

namespace dibs {
namespace detail {
namespace {

std::string reason(const std::exception_ptr& failure) {
    if (!failure) return "the lease is over, or another's";
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& thrown) {
        return thrown.what();
    }
}

task<bool> renew(lease_parts& parts, std::chrono::milliseconds duration) {
    if (parts.released || parts.loss->given()) co_return false;
    const auto held = parts.held.held();
    const bool extended = co_await held->renew(duration, held->valid_until());
    if (extended) parts.care.renewed();
    co_return extended;
}

task<release_outcome> release(lease_parts& parts) {
    parts.care = {};
    lease_parts::epitaph last{parts.held.name(), parts.held.owner(), parts.held.token()};
    std::exception_ptr failed;
    auto outcome = release_outcome::expired;
    try {
        outcome = co_await parts.held.release();
    } catch (...) {
        failed = std::current_exception();
    }
    parts.ended = std::move(last);
    if (failed) std::rethrow_exception(failed);
    co_return outcome;
}

}  // namespace

void loss_signal::give(std::string why) {
    std::stop_source watched(std::nostopstate);
    {
        const std::lock_guard alone(guard_);
        why_ = std::move(why);
        given_ = true;
        watched = source_;
    }
    watched.request_stop();
}

std::string loss_signal::why() const {
    const std::lock_guard alone(guard_);
    return why_;
}

std::stop_token loss_signal::token() {
    const std::lock_guard alone(guard_);
    if (!source_.stop_possible()) {
        source_ = std::stop_source();
        if (given_) source_.request_stop();
    }
    return source_.get_token();
}

lease_parts::lease_parts(std::shared_ptr<client_core> of, locks::lease granted, renewal how)
    : core(std::move(of)), held(std::move(granted)) {
    locks::keeper::on_loss tell = [signal = loss](const std::exception_ptr& failure) {
        signal->give(reason(failure));
    };
    care = core->keeper().keep(held.held(), how, std::move(tell));
}

task<std::unique_ptr<lease_parts>> acquire_parts(std::shared_ptr<client_core> core, lock_request request) {
    const auto how = request.renewal;
    auto granted = co_await core->acquire(std::move(request));
    if (!granted) co_return nullptr;
    co_return std::make_unique<lease_parts>(std::move(core), std::move(*granted), how);
}

task<void> let_go(std::unique_ptr<lease_parts> parts) {
    parts->care = {};
    if (!parts->released) co_await parts->held.abandon();
}

}  // namespace detail

lease::lease(std::unique_ptr<detail::lease_parts> parts, std::shared_ptr<detail::background_thread> thread)
    : thread_(std::move(thread)), parts_(std::move(parts)) {}
lease::lease(lease&& other) noexcept = default;

lease& lease::operator=(lease&& other) noexcept {
    lease former(std::move(*this));
    thread_ = std::move(other.thread_);
    parts_ = std::move(other.parts_);
    return *this;
}

lease::~lease() {
    if (!parts_ || parts_->ended) return;
    try {
        const auto executor = parts_->core->executor();
        spawn(executor, detail::let_go(std::move(parts_)));
    } catch (...) {  // out of memory: the lock ends with its lease
    }
}

const lock_name& lease::name() const { return parts_->ended ? parts_->ended->name : parts_->held.name(); }
const owner_id& lease::owner() const { return parts_->ended ? parts_->ended->owner : parts_->held.owner(); }
std::optional<fencing_token> lease::token() const {
    return parts_->ended ? parts_->ended->token : parts_->held.token();
}

std::chrono::steady_clock::time_point lease::valid_until() const {
    return parts_->released ? steady::time_point::min() : parts_->held.valid_until();
}

bool lease::valid() const { return !parts_->loss->given() && steady::now() < valid_until(); }

std::stop_token lease::lost() const { return parts_->loss->token(); }

std::string lease::loss() const { return parts_->loss->why(); }

boost::asio::awaitable<bool> lease::renew(std::chrono::milliseconds duration) {
    return detail::run_on(parts_->core->executor(), detail::renew(*parts_, duration));
}

boost::asio::awaitable<release_outcome> lease::release() {
    assert(!parts_->released && "a lease is released once");
    parts_->released = true;
    return detail::run_on(parts_->core->executor(), detail::release(*parts_));
}

}  // namespace dibs
