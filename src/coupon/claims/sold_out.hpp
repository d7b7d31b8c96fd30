#pragma once

#include "core/asio.hpp"
#include "core/task_group.hpp"
#include "coupon/rules.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::postgres {
class pool;
}

namespace dibs::coupon {

/// What is known of a coupon whose last piece was committed. Pure.
struct sold_out_coupon {
    coupon_state state;
    std::string version;              ///< of its row: another one means that it was changed
    std::vector<std::int64_t> users;  ///< who have pieces, ascending

    /// The refusal of a request of which it is certain; empty for a user that has a piece, whose request may
    /// be a repeated one.
    std::optional<outcome> refusal_of(const claim_request& request) const;
};

/// Answers for coupons that are sold out, without lock and database. Each is read once, with who has pieces,
/// and looked at again and again for as long as it stays so: pieces added are known within `look_again` and
/// an answer of the database, and nothing is answered from a look that was begun longer ago than
/// `trusted_for`. One executor.
class sold_out_list {
   public:
    static constexpr std::chrono::milliseconds look_again{300};
    /// Leaves a second with the time of an answer.
    static constexpr std::chrono::milliseconds trusted_for{900};
    /// Of a coupon with more pieces nothing is kept: a user takes eight bytes.
    static constexpr std::int64_t most_pieces = 2'000'000;
    /// Users whose pieces are read in one statement.
    static constexpr int users_at_once = 10'000;

    /// The pool must outlive it. `statement` bounds each answer of the database.
    sold_out_list(const asio::any_io_executor& executor, postgres::pool& pool,
                  std::chrono::milliseconds statement);
    sold_out_list(const sold_out_list&) = delete;
    sold_out_list& operator=(const sold_out_list&) = delete;

    std::optional<outcome> refusal_of(const claim_request& request) const;
    bool knows(std::string_view coupon) const { return trusted(coupon) != nullptr; }
    /// A claim was refused by the database because the coupon is sold out.
    void learn(const std::string& coupon);

    /// Stops looking and waits for what is under way.
    task<void> settle();

   private:
    struct memory {
        sold_out_coupon coupon;
        deadline trusted_until;  ///< from before the database was asked
    };
    const sold_out_coupon* trusted(std::string_view coupon) const;
    task<void> read(std::string coupon);
    task<std::optional<sold_out_coupon>> find_sold_out(std::string coupon);
    task<void> watch();
    task<void> look();
    deadline statement_deadline() const { return after(statement_); }

    asio::any_io_executor executor_;
    postgres::pool& pool_;
    std::chrono::milliseconds statement_;
    std::map<std::string, std::optional<memory>, std::less<>> known_;  // empty: being read
    task_group work_;
    asio::steady_timer next_look_;
    bool watching_ = false;
    bool stopped_ = false;
};

}  // namespace dibs::coupon
