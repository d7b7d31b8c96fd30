#pragma once

#include "coupon/claims/claim_observer.hpp"
#include "page/claim_figures.hpp"

namespace dibs::page {

/// Counts the claims of this process as they are answered.
class claim_recorder final : public coupon::claim_observer {
   public:
    void answered(coupon::strategy, coupon::verdict what, std::chrono::nanoseconds taken) override {
        window_.add(fate_of(what), taken, steady::now());
    }
    void failed(coupon::strategy, fault, std::chrono::nanoseconds taken) override {
        window_.add(fate::failed, taken, steady::now());
    }
    void turned_away(coupon::strategy) override { window_.add(fate::busy, steady::now()); }

    claim_figures now() const { return window_.at(steady::now()); }

   private:
    claim_window window_;
};

}  // namespace dibs::page
