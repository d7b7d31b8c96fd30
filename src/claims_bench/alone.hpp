#pragma once

#include "claims_bench/plain_session.hpp"
#include "claims_bench/stage.hpp"

#include <string>

namespace dibs::claims_bench {

/// The floor of a strategy: the transactions that it makes, of the service's own statements, one after the
/// other by libpq's blocking calls on one connection; of `batch` a hundred claims each. Without HTTP and
/// Redis.
class lone_claimer {
   public:
    /// Resets the coupon.
    lone_claimer(stage& on, std::string strategy);

    /// Claims a second. Resets the coupon; blocks. Throws std::runtime_error where a claim is not issued.
    sample run();

   private:
    stage& on_;
    std::string strategy_;
    statement_texts texts_;
};

}  // namespace dibs::claims_bench
