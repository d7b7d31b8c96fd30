#pragma once

#include "coupon/rules.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dibs::coupon {

/// The secret that access tokens are signed with: at least 32 bytes (RFC 7518, section 3.2).
class token_key {
   public:
    /// Throws dibs::error (bad_input) when it is too short.
    explicit token_key(std::string bytes);
    /// Of OpenSSL's random generator.
    static token_key random();

    const std::string& bytes() const { return bytes_; }

   private:
    std::string bytes_;
};

/// Signs and checks access tokens: JWTs (RFC 7519) under HMAC-SHA-256. No other algorithm is accepted,
/// whatever a token's header says.
class tokens {
   public:
    using clock = std::chrono::system_clock;
    static constexpr std::chrono::hours lifetime{24};
    /// By how much the clocks of two processes may differ.
    static constexpr std::chrono::seconds skew{60};

    explicit tokens(token_key key) : key_(std::move(key)) {}

    std::string issue(user_id user, clock::time_point now) const;
    /// Empty unless the signature, issuer, audience and times are all good.
    std::optional<user_id> verify(std::string_view token, clock::time_point now) const;

   private:
    token_key key_;
};

}  // namespace dibs::coupon
