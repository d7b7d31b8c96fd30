#pragma once

#include "coupon/accounts/access_observer.hpp"
#include "coupon/accounts/tokens.hpp"
#include "http/message.hpp"

#include <optional>

namespace dibs::coupon {

/// Whom the request's `Authorization: Bearer TOKEN` stands for; empty without a good token. Tells of one that
/// is not good.
std::optional<identity> bearer_of(const http::request& request, const tokens& signer, access_observer& tell);

}  // namespace dibs::coupon
