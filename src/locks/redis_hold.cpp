#include "locks/redis_hold.hpp"

#include "locks/timing.hpp"
#include "locks/validity.hpp"

namespace dibs::locks {

redis_hold::redis_hold(grants scripts, grant given)
    : scripts_(std::move(scripts)), grant_(std::move(given)) {}

task<release_outcome> redis_hold::release() {
    released_ = true;
    co_return co_await scripts_.release(grant_.owner, after(clean_up_time));
}

task<bool> redis_hold::renew() {
    const auto sent = steady::now();
    if (released_ || sent >= grant_.valid_until) co_return false;
    const auto answer = co_await scripts_.renew(grant_.owner, grant_.lease, grant_.valid_until);
    if (!answer.granted || steady::now() >= grant_.valid_until) co_return false;
    grant_.valid_until = locks::valid_until(sent, grant_.lease);
    co_return true;
}

}  // namespace dibs::locks
