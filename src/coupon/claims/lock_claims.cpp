// Claims under a lock.
#include "coupon/claims/claim_desk.hpp"
#include "coupon/input.hpp"

#include <dibs/error.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace dibs::coupon {
namespace {

std::chrono::milliseconds until(deadline give_up) {
    const auto left = std::chrono::floor<std::chrono::milliseconds>(give_up - steady::now());
    return std::max(left, std::chrono::milliseconds::zero());
}

hold_end::how end_by(release_outcome came_of_it) {
    switch (came_of_it) {
        case release_outcome::released: return hold_end::how::released;
        case release_outcome::expired: return hold_end::how::expired;
        case release_outcome::not_owner: break;
    }
    return hold_end::how::not_owner;
}

}  // namespace

task<claim_desk::attempt> claim_desk::try_under(locks::locker& locker, claim_request request,
                                                deadline give_up) {
    lock_request wanted(lock_of_coupon(request.coupon));
    wanted.lease = allowed_.lease;
    wanted.wait = until(give_up);
    auto held = co_await acquire(locker, std::move(wanted));
    if (!held) co_return attempt{outcome{verdict::lock_busy}};
    const auto granted = steady::now();
    attempt made = co_await try_holding(*held, std::move(request), locker.kind());
    // What the lock's own transaction wrote counts from its COMMIT; any other write has been committed.
    if (held->transaction() && made.result && made.result->result == verdict::issued) {
        const lock_name name = held->name();
        co_await held->release();
        observer_->held(hold_end{name, locker.kind(), hold_end::how::released, steady::now() - granted});
    } else {
        releases_.spawn(release(std::move(*held), locker.kind(), granted));
    }
    co_return made;
}

task<std::optional<locks::lease>> claim_desk::acquire(locks::locker& locker, lock_request wanted) {
    const auto begun = steady::now();
    const lock_name name = wanted.name;
    locks::grant_story story{.tries = 0};
    auto ended = acquisition::outcome::failed;
    const auto tell = [&] {
        observer_->acquired(
            acquisition{name, locker.kind(), ended, steady::now() - begun, story.tries, story.handoff});
    };
    try {
        auto held = co_await locker.acquire(std::move(wanted));
        ended = held ? acquisition::outcome::granted : acquisition::outcome::busy;
        if (held) story = held->held()->story();
        tell();
        co_return held;
    } catch (const error&) {
        tell();
        throw;
    }
}

task<void> claim_desk::release(locks::lease held, algorithm kind, deadline granted) {
    const lock_name name = held.name();
    auto ended = hold_end::how::failed;
    try {
        const auto came_of_it = co_await held.release();
        ended = end_by(came_of_it);
    } catch (const error& failed) {
        spdlog::debug("a lock is free when its lease ends: {}", failed.what());
    }
    observer_->held(hold_end{name, kind, ended, steady::now() - granted});
}

task<claim_desk::attempt> claim_desk::try_holding(locks::lease& held, claim_request request, algorithm kind) {
    const session on = held.transaction() ? session(*held.transaction()) : session(pool_);
    const evidence seen = co_await read_evidence(on, request, statement_deadline());
    if (auto result = settled(request, seen)) co_return attempt{std::move(result)};
    if (!held.valid()) {
        observer_->lost(held.name(), kind);
        co_return attempt{std::nullopt, retry::lease_over};
    }
    written result;
    if (kind == algorithm::fencing) {
        fence holder{held.token().value(), held.owner()};
        result = co_await issue_next(on, request, seen, holder, statement_deadline());
        if (result.what == written::result::overtaken) {
            const bool refused = co_await fence_refuses(on, request.coupon, holder, statement_deadline());
            if (refused) {
                observer_->token_refused();
                co_return attempt{std::nullopt, retry::overtaken_under_lock};
            }
        }
    } else {
        result = co_await issue_next(on, request, seen, statement_deadline());
    }
    switch (result.what) {
        case written::result::done: co_return attempt{outcome{verdict::issued, std::move(result.claim)}};
        case written::result::already_there: co_return attempt{std::nullopt, retry::same_request_elsewhere};
        case written::result::overtaken: break;
    }
    co_return co_await explain_overtaken(on, std::move(request), seen.coupon->issued);
}

task<claim_desk::attempt> claim_desk::explain_overtaken(session on, claim_request request,
                                                        std::int64_t issued_before) {
    const evidence now = co_await read_evidence(on, request, statement_deadline());
    if (now.coupon && now.coupon->issued != issued_before)
        co_return attempt{std::nullopt, retry::overtaken_under_lock};
    co_return attempt{settled(request, now), retry::coupon_edited};
}

}  // namespace dibs::coupon
