#pragma once

#include "coupon/tokens.hpp"
#include "http/message.hpp"

#include <optional>

namespace dibs::coupon {

/// Whom the request's `Authorization: Bearer TOKEN` stands for; empty without a good token.
std::optional<identity> bearer_of(const http::request& request, const tokens& signer);

}  // namespace dibs::coupon
