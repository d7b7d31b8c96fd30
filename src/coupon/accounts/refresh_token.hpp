#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dibs::coupon {

/// What a client renews its access token with: the id of its session (128 random bits) and a secret of 256,
/// of which the database keeps the SHA-256 alone. Each is good once and has one successor.
class refresh_token {
   public:
    static refresh_token of_new_session();
    /// Empty for what cannot be one.
    static std::optional<refresh_token> read(std::string_view text);

    /// 64 characters of base64url, as all of these texts are.
    std::string text() const;
    std::string session() const;
    /// The SHA-256 of the secret.
    std::string hash() const;
    /// HMAC-SHA-256 of the salt under this secret: without the secret nobody can tell it, and who repeats a
    /// request whose answer was lost gets the same one.
    refresh_token successor(std::string_view salt) const;

   private:
    refresh_token(std::string session, std::string secret);

    std::string session_;
    std::string secret_;
};

/// 256 random bits for a successor. Throws std::runtime_error.
std::string fresh_salt();

}  // namespace dibs::coupon
