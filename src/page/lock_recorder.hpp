#pragma once

#include "coupon/claims/claim_observer.hpp"
#include "page/lock_times.hpp"

namespace dibs::page {

/// Notes what the locks of this process cost; only what the observers of Prometheus see, and finer.
class lock_recorder final : public coupon::claim_observer {
   public:
    void acquired(const acquisition& what) override;
    void held(const hold_end& what) override;

    const lock_times_by_algorithm& so_far() const { return all_; }

   private:
    lock_times_by_algorithm all_;
};

}  // namespace dibs::page
