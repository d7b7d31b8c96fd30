#pragma once

#include "coupon/rules.hpp"
#include "coupon/strategy.hpp"
#include "http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dibs {
class error;
}

/// What the service says: JSON under `data`, or a problem (RFC 9457). Pure.
namespace dibs::coupon {

http::response answer(const claim_request& request, const outcome& result);
http::response shown(const coupon_state& one);
http::response listed(const std::vector<coupon_state>& all);
http::response listed(const std::vector<claim_record>& of_user);

http::response malformed(const std::string& what);
http::response unauthorized();
http::response unknown_coupon(std::string_view id);
/// Names the strategies that this service offers.
http::response strategy_not_offered(const std::vector<strategy>& offered);
/// A backend failed, or a bound of this process was reached: 503 with Retry-After.
http::response unavailable(const error& failure);

}  // namespace dibs::coupon
