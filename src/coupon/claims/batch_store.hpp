#pragma once

#include "core/asio.hpp"
#include "coupon/claims/lane_answer.hpp"
#include "coupon/rules.hpp"
#include "postgres/transaction.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dibs::postgres {
class pool;
}

namespace dibs::coupon {

/// Makes claims of one coupon, batch by batch: each in one transaction, first the coupon's row, which keeps
/// other writers out until the commit, then all that is asked and written, in the order of the requests. An
/// outcome each, whatever the others come to: where the database refuses them together, each is made alone.
class batch_writer {
   public:
    using answers = std::vector<lane_answer<outcome>>;

    /// The pool must outlive it.
    batch_writer(postgres::pool& pool, std::string coupon) : pool_(pool), coupon_(std::move(coupon)) {}

    /// Takes the coupon's row for the next batch, which goes out when it is had: those who come while others
    /// have the row go along. One round trip more than without. Throws dibs::error.
    task<void> take_row(deadline until);

    /// The next batch; no two of one user. Throws dibs::error for all of them.
    task<answers> issue(std::vector<claim_request> requests, deadline until);

   private:
    task<answers> issue_together(const std::vector<claim_request>& requests, deadline until);

    postgres::pool& pool_;
    std::string coupon_;
    std::optional<postgres::transaction> held_;  // has the coupon's row
};

}  // namespace dibs::coupon
