#include "locks/lease.hpp"

#include "core/spawn.hpp"
#include "postgres/result.hpp"
#include "postgres/statement.hpp"

#include <dibs/error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cassert>
#include <exception>
#include <utility>

namespace dibs::locks {

// NOLINTNEXTLINE(performance-unnecessary-value-param): the coroutines that override it keep what they take
task<postgres::result> hold::execute(const postgres::statement& /*what*/, postgres::params /*values*/,
                                     deadline /*until*/) {
    throw error(
        fault::bad_input, "dibs", name().text(),
        "only a database lock has a session to write in: connect to PostgreSQL by yourself, and guard "
        "the write by a fencing token");
}
namespace {

task<release_outcome> release_of(std::shared_ptr<hold> held) { co_return co_await held->release(); }

task<release_outcome> abandonment_of(std::shared_ptr<hold> held) { co_return co_await held->abandon(); }

task<void> ending_of(std::shared_ptr<hold> held) { co_await held->abandon(); }

}  // namespace

lease::lease(asio::any_io_executor executor, std::shared_ptr<hold> held)
    : executor_(std::move(executor)), hold_(std::move(held)) {}

lease& lease::operator=(lease&& other) noexcept {
    release_in_background();
    executor_ = std::move(other.executor_);
    hold_ = std::move(other.hold_);
    return *this;
}

lease::~lease() { release_in_background(); }

bool lease::hand_on() {
    assert(hold_ && "a lease is released once");
    const bool done = hold_->hand_on();
    if (done) hold_ = nullptr;
    return done;
}

task<release_outcome> lease::release() {
    if (hand_on()) co_return release_outcome::released;
    const auto held = std::exchange(hold_, nullptr);
    // A caller that is cancelled must not leave the lock held.
    if (!held->release_is_shielded()) {
        auto unshared = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
        co_return co_await asio::co_spawn(executor_, release_of(held), unshared);
    }
    try {
        co_return co_await held->release();
    } catch (const boost::system::system_error&) {  // cancelled between two requests
        spawn(executor_, ending_of(held));
        throw;
    }
}

task<release_outcome> lease::abandon() {
    if (hand_on()) co_return release_outcome::released;
    co_return co_await abandonment_of(std::exchange(hold_, nullptr));
}

void lease::release_in_background() noexcept {
    if (!hold_) return;
    try {
        if (hand_on()) return;
        // A failure needs no hearing: the lock ends with its lease.
        spawn(executor_, ending_of(std::exchange(hold_, nullptr)));
    } catch (...) {
        hold_ = nullptr;
    }
}

}  // namespace dibs::locks
