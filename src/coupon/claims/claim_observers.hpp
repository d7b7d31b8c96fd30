#pragma once

#include "coupon/claims/claim_observer.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace dibs::coupon {

/// Tells several observers, in their order.
class claim_observers final : public claim_observer {
   public:
    explicit claim_observers(std::vector<std::shared_ptr<claim_observer>> all) : all_(std::move(all)) {}

    void acquired(const acquisition& what) override { tell(&claim_observer::acquired, what); }
    void held(const hold_end& what) override { tell(&claim_observer::held, what); }
    void lost(const lock_name& name, algorithm kind) override { tell(&claim_observer::lost, name, kind); }
    void renewed(const lock_name& name, algorithm kind, std::chrono::nanoseconds lag) override {
        tell(&claim_observer::renewed, name, kind, lag);
    }
    void answered(strategy how, verdict what, std::chrono::nanoseconds taken) override {
        tell(&claim_observer::answered, how, what, taken);
    }
    void failed(strategy how, fault why, std::chrono::nanoseconds taken) override {
        tell(&claim_observer::failed, how, why, taken);
    }
    void turned_away(strategy how) override { tell(&claim_observer::turned_away, how); }
    void conflict(strategy how) override { tell(&claim_observer::conflict, how); }
    void token_refused() override { tell(&claim_observer::token_refused); }
    void batch(std::size_t claims) override { tell(&claim_observer::batch, claims); }

   private:
    template <class Function, class... Facts>
    void tell(Function what, const Facts&... facts) {
        for (const auto& one : all_) (*one.*what)(facts...);
    }

    std::vector<std::shared_ptr<claim_observer>> all_;
};

}  // namespace dibs::coupon
