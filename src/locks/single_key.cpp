#include "locks/single_key.hpp"

#include "locks/redis_hold.hpp"
#include "locks/validity.hpp"
#include "locks/withdrawal.hpp"

#include <memory>
#include <utility>

namespace dibs::locks {

task<single_try> try_once(asio::any_io_executor executor, const grants& scripts, const lock_request& request,
                          const owner_id& owner, deadline answer_by, int number) {
    const auto wanted = terms_of(request);
    const auto sent = steady::now();
    attempt answer;
    try {
        answer = co_await scripts.acquire(owner, wanted, answer_by);
    } catch (...) {
        withdraw(executor, scripts, owner, wanted, std::current_exception());
        throw;
    }
    single_try result;
    result.remaining = answer.remaining;
    if (!answer.granted) co_return result;
    const auto until = valid_until(sent, request.lease);
    if (steady::now() >= until) {
        withdraw(executor, scripts, owner, wanted, nullptr);
        result.remaining = std::chrono::milliseconds::zero();
        co_return result;
    }
    redis_hold::grant grant{request.name,  owner, answer.token,     answer.tokens,
                            request.lease, until, {.tries = number}};
    result.granted.emplace(std::move(executor), std::make_shared<redis_hold>(scripts, std::move(grant)));
    co_return result;
}

}  // namespace dibs::locks
