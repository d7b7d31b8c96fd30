#include "soak/shop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dibs::soak {
namespace {

constexpr std::int64_t never_runs_out = 1'000'000'000;
constexpr std::int64_t smallest_drop = 20;
constexpr std::int64_t largest_share = 1000;  // of the claims, in each drop
constexpr double share_of_drops = 0.25;

std::string always(const std::string& strategy) { return "always-" + strategy; }
std::string drop(std::int64_t number) { return fmt::format("drop-{}", number); }

}  // namespace

shop::shop(std::vector<std::string> strategies, std::int64_t claims)
    : strategies_(std::move(strategies)),
      drop_stock_(std::max(smallest_drop, claims / largest_share)),
      drops_(claims / (5 * drop_stock_) + 1) {}

std::vector<coupon::coupon_spec> shop::coupons() const {
    std::vector<coupon::coupon_spec> all;
    for (const auto& strategy : strategies_) all.push_back({always(strategy), code, never_runs_out});
    for (std::int64_t number = 0; number < drops_; ++number) all.push_back({drop(number), code, drop_stock_});
    return all;
}

offer shop::next(std::mt19937_64& random) {
    if (drop_ < drops_ && std::bernoulli_distribution(share_of_drops)(random)) return next_drop();
    const auto& strategy = next_strategy();
    return {always(strategy), strategy};
}

offer shop::next_drop() {
    const auto kind = static_cast<std::size_t>(drop_) % (strategies_.size() + 1);
    offer made{drop(drop_), kind < strategies_.size() ? strategies_[kind] : next_strategy()};
    if (++asked_for_drop_ == drop_stock_ * 3 / 2) {
        ++drop_;
        asked_for_drop_ = 0;
    }
    return made;
}

}  // namespace dibs::soak
