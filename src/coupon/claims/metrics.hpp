#pragma once

#include "coupon/claims/claim_observer.hpp"

#include <memory>

namespace prometheus {
class Registry;
}

namespace dibs::coupon {

/// Counts what happens to claims and their locks in `registry`, whose every series is looked up beforehand.
/// The series are those of dibs::prometheus_observer (dibs_lock_…) and
/// - dibs_claims_total{strategy,outcome}: the verdicts; `failed`, `in_doubt`, `turned_away`
/// - dibs_claim_seconds{strategy}: histogram, of all that were not turned away
/// - dibs_claim_conflicts_total{strategy}: writes that were overtaken although the lock was held
/// - dibs_fencing_tokens_refused_total
/// - dibs_batch_claims: histogram, the claims of one transaction of `batch`
std::shared_ptr<claim_observer> claim_metrics(const std::shared_ptr<prometheus::Registry>& registry);

}  // namespace dibs::coupon
