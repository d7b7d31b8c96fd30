#pragma once

#include "coupon/input.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace dibs::soak {

/// A coupon, and the strategy that it is to be claimed under.
struct offer {
    std::string coupon;
    std::string strategy;
};

/// Which coupon the next customer wants. Three in four want one that never runs out, of each strategy in
/// turn; the others all want the drop of the moment, which has two pieces for three of them. Every drop has
/// another strategy, and of some each customer has. Pure.
class shop {
   public:
    static constexpr const char* code = "SOAK";

    /// Neither may be empty. `claims`: how many are to be issued in all.
    shop(std::vector<std::string> strategies, std::int64_t claims);

    /// All there will be.
    std::vector<coupon::coupon_spec> coupons() const;
    offer next(std::mt19937_64& random);

   private:
    offer next_drop();
    const std::string& next_strategy() { return strategies_[customers_++ % strategies_.size()]; }

    std::vector<std::string> strategies_;
    std::int64_t drop_stock_;
    std::int64_t drops_;
    std::int64_t drop_ = 0;
    std::int64_t asked_for_drop_ = 0;
    std::size_t customers_ = 0;
};

}  // namespace dibs::soak
