#include "locks/single_key.hpp"

#include "locks/redis_hold.hpp"
#include "locks/validity.hpp"
#include "locks/withdrawal.hpp"

#include <memory>
#include <utility>

namespace dibs::locks {

task<single_try> try_once(asio::any_io_executor executor, grants scripts, lock_request request,
                          owner_id owner, deadline answer_by) {
    const auto sent = steady::now();
    attempt answer;
    try {
        answer = co_await scripts.acquire(owner, request.lease, answer_by);
    } catch (...) {
        withdraw(executor, scripts, owner, request.lease, std::current_exception());
        throw;
    }
    single_try result;
    result.remaining = answer.remaining;
    if (!answer.granted) co_return result;
    redis_hold::grant grant{std::move(request.name), std::move(owner), answer.token, request.lease,
                            valid_until(sent, request.lease)};
    auto held = std::make_shared<redis_hold>(std::move(scripts), std::move(grant));
    result.granted.emplace(std::move(executor), std::move(held));
    co_return result;
}

}  // namespace dibs::locks
