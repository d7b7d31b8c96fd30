#pragma once

#include "core/asio.hpp"
#include "coupon/admin/admin_input.hpp"
#include "coupon/rules.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dibs::postgres {
class pool;
}

/// What administrators do with coupons, in the database. Every change is written into coupon_edits with who
/// made it, in the same statement. All of it throws dibs::error.
namespace dibs::coupon {

struct managed_coupon {
    coupon_draft is;
    std::int64_t issued = 0;
    std::int64_t edition = 1;  ///< grows with each edit
};

/// Empty: there is one with this id. Throws invalid_input for times that contradict each other.
task<std::optional<managed_coupon>> create_coupon(postgres::pool& pool, user_id by, coupon_draft wanted,
                                                  deadline until);

struct edited {
    enum class result { done, unknown_coupon, edited_meanwhile, stock_below_issued };
    result what = result::done;
    managed_coupon now = {};  ///< where done
};

struct edit_order {
    user_id by;
    std::string coupon;
    coupon_edit change;
    std::optional<std::int64_t> of_edition;  ///< only if it is still this one
};

/// As create_coupon.
task<edited> edit_coupon(postgres::pool& pool, edit_order order, deadline until);

task<std::vector<managed_coupon>> managed_coupons(postgres::pool& pool, deadline until);

/// What has become of a coupon's pieces.
struct coupon_figures {
    managed_coupon of;
    std::int64_t claims = 0;        ///< rows; other than `issued`: an error
    std::int64_t users = 0;         ///< who have a claim
    boost::json::object conflicts;  ///< guarded writes that were overtaken, by strategy
};

task<std::optional<coupon_figures>> coupon_figures_of(postgres::pool& pool, std::string coupon,
                                                      deadline until);

struct statistics {
    std::int64_t users = 0;
    std::int64_t guests = 0;
    std::int64_t administrators = 0;
    std::int64_t sessions = 0;
    std::int64_t coupons = 0;
    std::int64_t issued = 0;
    boost::json::object conflicts;
};

task<statistics> read_statistics(postgres::pool& pool, deadline until);

}  // namespace dibs::coupon
