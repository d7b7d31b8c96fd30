#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::coupon {

/// What a token's header calls a key; empty: nothing.
struct key_id {
    std::string text;
};

/// A secret that access tokens are signed with: at least 32 bytes (RFC 7518, section 3.2).
class token_key {
   public:
    /// Throws dibs::error (bad_input) when it is too short.
    explicit token_key(std::string bytes, key_id id = {});
    /// Of OpenSSL's random generator.
    static token_key random();

    const std::string& bytes() const { return bytes_; }
    const std::string& id() const { return id_; }

   private:
    std::string bytes_;
    std::string id_;
};

/// The keys of one service: all of them check tokens, the first signs them.
class token_keys {
   public:
    static constexpr std::size_t most = 2;

    token_keys(token_key only) : all_{std::move(only)} {}

    /// What a file or the environment says: one or two lines (a comma ends one too) `ID:BASE64`, the ID of 1
    /// to 32 of A-Z a-z 0-9 _ . - and the key of 32 bytes or more; or, where no line has that form, a single
    /// secret, as it is without the ends of its last lines. Throws dibs::error (bad_input).
    static token_keys read(std::string_view text);

    const std::vector<token_key>& all() const { return all_; }

   private:
    token_keys() = default;
    std::vector<token_key> all_;
};

}  // namespace dibs::coupon
