#pragma once

#include "core/asio.hpp"
#include "coupon/rules.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace dibs::page {

/// How fast coupons are issued by all processes together, from how their counters in the database grow over
/// ten seconds. Pure.
class issue_rates {
   public:
    void note(const std::vector<coupon::coupon_state>& seen, steady::time_point now);
    /// Pieces a second; 0 for a coupon that was not seen twice, or was set back.
    double of(const std::string& coupon) const;

   private:
    struct sighting {
        steady::time_point when;
        std::map<std::string, std::int64_t> issued;
    };
    std::deque<sighting> sightings_;
};

}  // namespace dibs::page
