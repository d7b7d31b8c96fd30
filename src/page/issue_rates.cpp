#include "page/issue_rates.hpp"

#include <algorithm>

namespace dibs::page {
namespace {

constexpr std::chrono::seconds span{10};

}  // namespace

void issue_rates::note(const std::vector<coupon::coupon_state>& seen, steady::time_point now) {
    sighting one{now, {}};
    for (const auto& coupon : seen) one.issued.emplace(coupon.id, coupon.issued);
    sightings_.push_back(std::move(one));
    while (sightings_.front().when < now - span) sightings_.pop_front();
}

double issue_rates::of(const std::string& coupon) const {
    if (sightings_.size() < 2) return 0;
    const auto& [first, old] = sightings_.front();
    const auto& [last, young] = sightings_.back();
    const auto before = old.find(coupon);
    const auto after = young.find(coupon);
    if (before == old.end() || after == young.end() || last <= first) return 0;
    const auto grown = std::max<std::int64_t>(after->second - before->second, 0);
    return static_cast<double>(grown) / std::chrono::duration<double>(last - first).count();
}

}  // namespace dibs::page
