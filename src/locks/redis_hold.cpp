#include "locks/redis_hold.hpp"

#include "locks/timing.hpp"
#include "locks/validity.hpp"

#include <algorithm>

namespace dibs::locks {

redis_hold::redis_hold(grants scripts, grant given)
    : scripts_(std::move(scripts)), grant_(std::move(given)), valid_until_(grant_.valid_until) {}

task<release_outcome> redis_hold::release() {
    released_ = true;
    return scripts_.release(grant_.owner, after(clean_up_time));
}

task<bool> redis_hold::renew(std::chrono::milliseconds lease, deadline until) {
    const auto sent = steady::now();
    valid_until_ = std::min(valid_until_.load(), locks::valid_until(sent, lease));
    return extend(++renewals_, sent, lease, until);
}

task<bool> redis_hold::extend(std::uint64_t number, deadline sent, std::chrono::milliseconds lease,
                              deadline until) {
    if (released_ || steady::now() >= valid_until_.load()) co_return false;
    const auto answer = co_await scripts_.renew(grant_.owner, lease, std::min(until, valid_until_.load()));
    if (!answer.granted || steady::now() >= valid_until_.load()) co_return false;
    // One that was asked for later may have shortened it.
    if (number == renewals_) valid_until_ = locks::valid_until(sent, lease);
    co_return true;
}

}  // namespace dibs::locks
