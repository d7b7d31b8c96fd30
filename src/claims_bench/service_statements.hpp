#pragma once

#include "claims_bench/plain_session.hpp"
#include "claims_bench/stage.hpp"

namespace dibs::claims_bench {

/// Every statement that claims are made with, as the service's own functions prepare them: they make some
/// claims on one session, which is then asked. So the floors cannot be of other statements. Resets the
/// coupon.
statement_texts service_statements(stage& on);

}  // namespace dibs::claims_bench
