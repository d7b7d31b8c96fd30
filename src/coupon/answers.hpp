#pragma once

#include "coupon/accounts.hpp"
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

/// What the service finds when it looks at its backends: nothing, or what is wrong.
struct health {
    std::string redis;
    std::string postgres;
    std::vector<strategy> offered;
};

http::response signed_up(const user& account, const std::string& access_token);
http::response answer(const claim_request& request, const outcome& result);
http::response shown(const coupon_state& one);
http::response listed(const std::vector<coupon_state>& all);
http::response listed(const std::vector<claim_record>& of_user);

http::response healthy(const health& now);

http::response malformed(const std::string& what);
http::response unauthorized();
http::response email_taken();
http::response unknown_coupon(std::string_view id);
/// Names the strategies that this service offers.
http::response strategy_not_offered(const std::vector<strategy>& offered);
/// A backend failed, or a bound of this process was reached: 503 with Retry-After.
http::response unavailable(const error& failure);

}  // namespace dibs::coupon
