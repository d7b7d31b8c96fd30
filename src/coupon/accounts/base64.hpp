#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dibs::coupon {

/// RFC 4648, section 5, without padding.
std::string to_base64url(std::string_view bytes);

/// Of either alphabet, padded or not. Empty for what is no base64.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace dibs::coupon
