#pragma once

#include "core/asio.hpp"
#include "core/task_group.hpp"
#include "core/wakeup.hpp"
#include "coupon/claims/claim_lane.hpp"
#include "coupon/claims/claim_observer.hpp"
#include "coupon/claims/sold_out.hpp"
#include "coupon/claims/store.hpp"
#include "coupon/rules.hpp"
#include "coupon/strategy.hpp"
#include "locks/locker.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace dibs::coupon {

/// Issues coupons under any of the strategies.
///
/// Under a lock a claim reads without a row lock, decides, and writes only if the coupon still stands where
/// it was read: the lock makes claims succeed, the database alone keeps them right. A lock that lets two in
/// shows as counted conflicts. A claim whose write was overtaken is made once more, with a new lease.
class claim_desk {
   public:
    struct limits {
        std::chrono::milliseconds lease = std::chrono::seconds(10);
        std::chrono::milliseconds wait = std::chrono::seconds(10);      ///< for lock or turn, both times
        std::chrono::milliseconds statement = std::chrono::seconds(5);  ///< for each answer of the database
        std::size_t under_way = 20'000;                                 ///< claims; one more is turned away
    };

    /// The pool must outlive it. `cas` and `batch` are offered from the start.
    claim_desk(const asio::any_io_executor& executor, postgres::pool& pool, limits allowed);

    void offer(strategy kind, std::unique_ptr<locks::locker> locker);
    /// Only these from now on, of those that are offered.
    void restrict_to(const std::vector<strategy>& kinds);
    bool offers(strategy kind) const { return lockers_.contains(kind); }
    std::vector<strategy> offered() const;
    /// Must outlive the desk.
    void tell(claim_observer& observer) { observer_ = &observer; }

    /// Returns after the commit. Throws dibs::error: exhausted when too many claims are under way, or this
    /// one's turn under `cas` or `batch` did not come within the wait; when a backend fails, in doubt where a
    /// piece may have been issued all the same: repeating the request with its key tells.
    task<outcome> claim(claim_request request, strategy how);

    /// Whether claims of it are refused without asking the database.
    bool knows_sold_out(std::string_view coupon) const { return sold_out_.knows(coupon); }
    std::size_t under_way() const { return keys_under_way_.size(); }
    /// Coupons that something is kept of because claims of them go to the database together.
    std::size_t kept_lanes() const { return conditional_.size() + batches_.size(); }

    /// Waits for the claims under way and for the releases, which do not delay the claims that caused them.
    task<void> settle();

   private:
    /// Why a request must be tried again.
    enum class retry {
        not_needed,
        lease_over,              ///< before the write was sent
        overtaken_under_lock,    ///< somebody else wrote: the lock did not keep them out
        coupon_edited,           ///< by an administrator, in a way that does not stand against the request
        same_request_elsewhere,  ///< the user's other request took the key, or the piece of this number
    };
    struct attempt {
        std::optional<outcome> result = std::nullopt;
        retry why = retry::not_needed;
    };
    using request_key = std::tuple<std::string, user_id, std::string>;
    template <class Answer>
    using lanes = std::map<std::string, std::shared_ptr<claim_lane<Answer>>>;

    task<outcome> answer(claim_request request, strategy how);
    task<attempt> try_once(claim_request request, strategy how, deadline give_up);
    task<attempt> try_conditional(claim_request request, deadline give_up);
    task<attempt> try_in_batch(claim_request request, deadline give_up);
    task<attempt> try_under(locks::locker& locker, claim_request request, deadline give_up);
    task<attempt> try_holding(locks::lease& held, claim_request request, algorithm kind);
    /// Whether another claim was issued under the same lock, or an administrator changed the coupon.
    task<attempt> explain_overtaken(session on, claim_request request, std::int64_t issued_before);
    task<std::optional<locks::lease>> acquire(locks::locker& locker, lock_request wanted);
    task<void> release(locks::lease held, algorithm kind, deadline granted);

    std::shared_ptr<claim_lane<outcome>> batch_lane(const std::string& coupon);
    deadline statement_deadline() const { return after(allowed_.statement); }

    asio::any_io_executor executor_;
    postgres::pool& pool_;
    limits allowed_;
    std::map<strategy, std::unique_ptr<locks::locker>> lockers_;  // null for those that take no lock
    lanes<written> conditional_;
    lanes<outcome> batches_;
    std::set<request_key> keys_under_way_;
    wakeup ended_;  // a claim
    sold_out_list sold_out_;
    claim_observer nobody_;
    claim_observer* observer_ = &nobody_;
    task_group releases_;
};

}  // namespace dibs::coupon
