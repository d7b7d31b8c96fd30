#pragma once

#include "coupon/accounts/roles.hpp"
#include "coupon/accounts/token_keys.hpp"
#include "coupon/rules.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::coupon {

/// Whom a token stands for.
struct identity {
    identity(user_id whom, role allowed = role::user) : id(whom), may(allowed) {}
    user_id id;
    role may;
};

/// Why a token is not good: the first of these that is.
enum class token_fault {
    malformed,  ///< not three parts, or claims that are no JSON object
    header,     ///< another algorithm, type or key than those of this service
    signature,
    issuer,
    audience,
    early,
    expired,
    subject  ///< signed, and yet of nobody: no user's number, or no role
};

/// What came of checking a token.
struct token_check {
    token_check(identity good) : who(good) {}
    token_check(token_fault wrong) : why(wrong) {}
    std::optional<identity> who;
    token_fault why = token_fault::malformed;  ///< where it is nobody's
};

/// Signs and checks access tokens: JWTs (RFC 7519, RFC 9068) under HMAC-SHA-256. A token's header must be, to
/// the letter, one that this class writes: there is no other algorithm, type or parameter to be talked into.
/// One thread at a time.
class tokens {
   public:
    using clock = std::chrono::system_clock;
    static constexpr std::chrono::seconds usual_life{3600};
    /// By how much the clocks of two processes may differ.
    static constexpr std::chrono::seconds skew{60};

    explicit tokens(const token_keys& keys, std::chrono::seconds life = usual_life);
    tokens(tokens&&) noexcept;
    ~tokens();

    /// From now on these: tokens signed with others are refused.
    void replace(const token_keys& keys);

    std::string issue(identity whom, clock::time_point now) const;
    /// Whose it is, where header, signature, issuer, audience and times are all good.
    token_check check(std::string_view token, clock::time_point now) const;
    std::optional<identity> verify(std::string_view token, clock::time_point now) const {
        return check(token, now).who;
    }

    std::chrono::seconds life() const { return life_; }

   private:
    class signing_key;

    /// Empty: one of our keys has signed it.
    std::optional<token_fault> fault_of(std::string_view header, std::string_view content,
                                        std::string_view signature) const;

    std::vector<signing_key> keys_;
    std::chrono::seconds life_;
};

}  // namespace dibs::coupon
