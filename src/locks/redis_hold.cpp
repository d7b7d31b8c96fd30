#include "locks/redis_hold.hpp"

#include "locks/timing.hpp"

#include <algorithm>

namespace dibs::locks {

redis_hold::redis_hold(grants scripts, grant given)
    : scripts_(std::move(scripts)), grant_(std::move(given)), end_(grant_.valid_until) {}

task<release_outcome> redis_hold::release() {
    released_ = true;
    return scripts_.release(grant_.owner, after(clean_up_time));
}

task<bool> redis_hold::renew(std::chrono::milliseconds lease, deadline until) {
    return extend(end_.ask(lease, steady::now()), until);
}

task<bool> redis_hold::extend(lease_end::renewal what, deadline until) {
    if (released_ || steady::now() >= end_.get()) co_return false;
    const auto answer = co_await scripts_.renew(grant_.owner, what.lease, std::min(until, end_.get()));
    if (!answer.granted || steady::now() >= end_.get()) co_return false;
    end_.granted(what);
    co_return true;
}

}  // namespace dibs::locks
