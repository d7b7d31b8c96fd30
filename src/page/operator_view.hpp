#pragma once

#include "coupon/rules.hpp"
#include "locks/inspection.hpp"
#include "page/claim_figures.hpp"
#include "page/issue_rates.hpp"

#include <optional>
#include <string>
#include <vector>

/// What the pages show, as JSON in one line. Pure.
namespace dibs::page {

/// As GET /api/coupons answers.
std::string user_text(const std::vector<coupon::coupon_state>& coupons);

struct operator_view {
    int process = 0;  ///< whose claims these are
    std::vector<coupon::coupon_state> coupons;
    claim_figures claims;
    std::optional<std::vector<locks::seen_lock>> locks;  ///< empty: their server does not answer
};

std::string operator_text(const operator_view& seen, const issue_rates& rates);

}  // namespace dibs::page
