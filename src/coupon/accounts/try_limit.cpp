#include "coupon/accounts/try_limit.hpp"

#include <algorithm>

namespace dibs::coupon {

std::chrono::seconds try_limit::count(const std::string& account, steady::time_point now) {
    if (free_at_.size() >= forget_at_) forget_old(now);
    const auto found = free_at_.find(account);
    const auto next = (found == free_at_.end() ? now : std::max(now, found->second)) + allowed_.interval;
    const auto over = next - now - allowed_.burst * allowed_.interval;
    if (over > steady::duration::zero()) return std::chrono::ceil<std::chrono::seconds>(over);
    free_at_[account] = next;
    return std::chrono::seconds(0);
}

void try_limit::forget_old(steady::time_point now) {
    constexpr std::size_t least = 1000;
    std::erase_if(free_at_, [now](const auto& one) { return one.second <= now; });
    forget_at_ = std::max(least, 2 * free_at_.size());
}

}  // namespace dibs::coupon
