#include "coupon/claim_desk.hpp"

#include "coupon/input.hpp"

#include <dibs/error.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace dibs::coupon {
namespace {

constexpr int attempts = 2;

task<void> release(locks::lease held) {
    try {
        co_await held.release();
    } catch (const error& failed) {
        spdlog::debug("a lock is free when its lease ends: {}", failed.what());
    }
}

std::chrono::milliseconds until(deadline give_up) {
    const auto left = std::chrono::floor<std::chrono::milliseconds>(give_up - steady::now());
    return std::max(left, std::chrono::milliseconds::zero());
}

}  // namespace

claim_desk::claim_desk(const asio::any_io_executor& executor, postgres::pool& pool, limits allowed)
    : pool_(pool), allowed_(allowed), releases_(executor) {}

void claim_desk::offer(strategy kind, std::unique_ptr<locks::locker> locker) {
    lockers_[kind] = std::move(locker);
}

std::vector<strategy> claim_desk::offered() const {
    std::vector<strategy> kinds;
    std::copy_if(all_strategies.begin(), all_strategies.end(), std::back_inserter(kinds),
                 [this](strategy kind) { return offers(kind); });
    return kinds;
}

task<outcome> claim_desk::claim(claim_request request, strategy how) {
    const deadline give_up = after(allowed_.wait);
    const auto found = lockers_.find(how);
    locks::locker* const locker = found == lockers_.end() ? nullptr : found->second.get();
    int conflicts = 0;
    for (int made = 0; made < attempts; ++made) {
        attempt tried;
        if (locker)
            tried = co_await try_under(*locker, request, give_up);
        else
            tried = co_await try_without_lock(request);
        if (tried.result) {
            tried.result->conflicts = conflicts;
            co_return std::move(*tried.result);
        }
        if (tried.why != retry::overtaken_under_lock) continue;
        ++conflicts;
        spdlog::debug("coupon {} was changed by another while {} held it", request.coupon, to_string(how));
        co_await count_conflict(pool_, request.coupon, how, statement_deadline());
    }
    co_return outcome{verdict::conflicting, std::nullopt, conflicts};
}

task<claim_desk::attempt> claim_desk::try_without_lock(claim_request request) {
    const written result = co_await issue_any(pool_, request, statement_deadline());
    if (result.what == written::result::done) co_return attempt{outcome{verdict::issued, result.claim}};
    if (result.what == written::result::no_such_user) co_return attempt{outcome{verdict::no_such_user}};
    const evidence seen = co_await read_evidence(pool_, request, statement_deadline());
    co_return attempt{settled(request, seen)};
}

task<claim_desk::attempt> claim_desk::try_under(locks::locker& locker, claim_request request,
                                                deadline give_up) {
    lock_request wanted(lock_of_coupon(request.coupon));
    wanted.lease = allowed_.lease;
    wanted.wait = until(give_up);
    auto held = co_await locker.acquire(std::move(wanted));
    if (!held) co_return attempt{outcome{verdict::lock_busy}};
    attempt made = co_await try_holding(*held, std::move(request), locker.kind());
    // What the lock's own transaction wrote counts from its COMMIT; any other write has been committed.
    if (held->transaction() && made.result && made.result->result == verdict::issued)
        co_await held->release();
    else
        releases_.spawn(release(std::move(*held)));
    co_return made;
}

task<claim_desk::attempt> claim_desk::try_holding(locks::lease& held, claim_request request, algorithm kind) {
    const session on = held.transaction() ? session(*held.transaction()) : session(pool_);
    const evidence seen = co_await read_evidence(on, request, statement_deadline());
    if (auto result = settled(request, seen)) co_return attempt{std::move(result)};
    if (!held.valid()) co_return attempt{std::nullopt, retry::lease_over};
    written result;
    if (kind == algorithm::fencing) {
        fence holder{held.token().value(), held.owner()};
        result = co_await issue_next(on, request, *seen.coupon, std::move(holder), statement_deadline());
    } else {
        result = co_await issue_next(on, request, *seen.coupon, statement_deadline());
    }
    switch (result.what) {
        case written::result::done: co_return attempt{outcome{verdict::issued, std::move(result.claim)}};
        case written::result::no_such_user: co_return attempt{outcome{verdict::no_such_user}};
        case written::result::already_there: co_return attempt{std::nullopt, retry::same_request_elsewhere};
        case written::result::overtaken: break;
    }
    co_return attempt{std::nullopt, retry::overtaken_under_lock};
}

task<void> claim_desk::settle() { co_await releases_.join(); }

}  // namespace dibs::coupon
