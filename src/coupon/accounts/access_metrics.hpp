#pragma once

#include "coupon/accounts/access_observer.hpp"

#include <memory>

namespace prometheus {
class Registry;
}

namespace dibs::coupon {

/// Counts in `registry` who is let in, every series from the start:
/// - dibs_tokens_rejected_total{reason}: access tokens that came and were not good
/// - dibs_sign_ins_total{way,outcome}: sign-ups, logins and refreshes
/// - dibs_rate_limited_total{by="user|password"}: requests answered 429
std::shared_ptr<access_observer> access_metrics(const std::shared_ptr<prometheus::Registry>& registry);

}  // namespace dibs::coupon
