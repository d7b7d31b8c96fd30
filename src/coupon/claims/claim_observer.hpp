#pragma once

#include "coupon/rules.hpp"
#include "coupon/strategy.hpp"

#include <dibs/error.hpp>
#include <dibs/observer.hpp>

#include <chrono>
#include <cstddef>

namespace dibs::coupon {

/// What happens to claims and, by the functions it inherits, to their locks (acquired() and held() with what
/// they say there; lost(): a lease was over before its holder had written). For metrics. Called on the
/// service's executor, some of it several times a claim: must neither block nor throw. Functions that are not
/// overridden do nothing.
class claim_observer : public observer {
   public:
    /// A claim has its verdict, `taken` after the desk was asked: once a claim, whatever came of it. A claim
    /// that repeats an earlier one is told as `repeated`, one that was refused without the lock as its
    /// refusal.
    virtual void answered(strategy /*how*/, verdict /*what*/, std::chrono::nanoseconds /*taken*/) {}
    /// A claim failed with a dibs::error instead; `in_doubt` ones may have been issued all the same. Once a
    /// claim, in place of answered().
    virtual void failed(strategy /*how*/, fault /*why*/, std::chrono::nanoseconds /*taken*/) {}
    /// A claim was turned away before any work was done for it: too many were waiting. In place of
    /// answered().
    virtual void turned_away(strategy /*how*/) {}

    /// The lock let two in: a write was overtaken by another's. Once an overtaken write.
    virtual void conflict(strategy /*how*/) {}
    /// A fencing token was refused by the row: a larger one had been there.
    virtual void token_refused() {}
    /// `batch` sends a transaction with so many claims, one or more.
    virtual void batch(std::size_t /*claims*/) {}
};

}  // namespace dibs::coupon
