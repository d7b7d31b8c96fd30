#pragma once

#include "core/asio.hpp"
#include "core/task_group.hpp"
#include "coupon/rules.hpp"
#include "coupon/store.hpp"
#include "coupon/strategy.hpp"
#include "locks/locker.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace dibs::coupon {

/// Issues coupons under any of the locks.
///
/// Under a lock a claim reads without a row lock, decides, and writes only if the coupon still stands where
/// it was read: the lock makes claims succeed, the database alone keeps them right. A lock that lets two in
/// shows as counted conflicts. A claim whose write was overtaken is made once more, with a new lease.
class claim_desk {
   public:
    struct limits {
        std::chrono::milliseconds lease = std::chrono::seconds(10);
        std::chrono::milliseconds wait = std::chrono::seconds(10);      ///< for the lock, both times together
        std::chrono::milliseconds statement = std::chrono::seconds(5);  ///< for each answer of the database
    };

    /// The pool must outlive it. `cas` is offered from the start.
    claim_desk(const asio::any_io_executor& executor, postgres::pool& pool, limits allowed);

    void offer(strategy kind, std::unique_ptr<locks::locker> locker);
    bool offers(strategy kind) const { return kind == strategy::cas || lockers_.contains(kind); }
    std::vector<strategy> offered() const;

    /// Returns after the commit. Throws dibs::error when a backend fails, in doubt where a piece may have
    /// been issued all the same: repeating the request with its key tells.
    task<outcome> claim(claim_request request, strategy how);

    /// Waits for the releases still under way. They do not delay the claims that caused them.
    task<void> settle();

   private:
    /// Why a request must be tried again.
    enum class retry {
        not_needed,
        lease_over,              ///< before the write was sent
        overtaken_under_lock,    ///< somebody else wrote: the lock did not keep them out
        same_request_elsewhere,  ///< the user's other request, for another coupon, took the key
    };
    struct attempt {
        std::optional<outcome> result = std::nullopt;
        retry why = retry::not_needed;
    };

    task<attempt> try_without_lock(claim_request request);
    task<attempt> try_under(locks::locker& locker, claim_request request, deadline give_up);
    task<attempt> try_holding(locks::lease& held, claim_request request, algorithm kind);

    deadline statement_deadline() const { return after(allowed_.statement); }

    postgres::pool& pool_;
    limits allowed_;
    std::map<strategy, std::unique_ptr<locks::locker>> lockers_;
    task_group releases_;
};

}  // namespace dibs::coupon
