#pragma once

#include "core/asio.hpp"
#include "coupon/lane_answer.hpp"
#include "coupon/rules.hpp"

#include <vector>

namespace dibs::postgres {
class pool;
}

namespace dibs::coupon {

/// Makes claims of one coupon in one transaction of one round trip: first the coupon's row, which keeps other
/// writers out until the commit, then all that is asked and written, in the order of the requests. No two of
/// them may be of one user. An outcome each, whatever the others come to: where the database refuses them
/// together, each is made alone. Throws dibs::error for all of them.
task<std::vector<lane_answer<outcome>>> issue_together(postgres::pool& pool,
                                                       std::vector<claim_request> requests, deadline until);

}  // namespace dibs::coupon
