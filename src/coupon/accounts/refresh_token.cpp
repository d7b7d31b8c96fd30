#include "coupon/accounts/refresh_token.hpp"

#include "coupon/accounts/base64.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <utility>

namespace dibs::coupon {
namespace {

constexpr std::size_t session_bytes = 16;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t text_size = (session_bytes + secret_bytes) / 3 * 4;

unsigned char* bytes_in(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_in(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(bytes_in(bytes), static_cast<int>(count)) != 1)
        throw std::runtime_error("OpenSSL has no random bytes");
    return bytes;
}

}  // namespace

refresh_token::refresh_token(std::string session, std::string secret)
    : session_(std::move(session)), secret_(std::move(secret)) {}

refresh_token refresh_token::of_new_session() {
    return {random_bytes(session_bytes), random_bytes(secret_bytes)};
}

std::optional<refresh_token> refresh_token::read(std::string_view text) {
    if (text.size() != text_size) return std::nullopt;
    const auto bytes = from_base64(text);
    if (!bytes || bytes->size() != session_bytes + secret_bytes) return std::nullopt;
    return refresh_token(bytes->substr(0, session_bytes), bytes->substr(session_bytes));
}

std::string refresh_token::text() const { return to_base64url(session_ + secret_); }

std::string refresh_token::session() const { return to_base64url(session_); }

std::string refresh_token::hash() const {
    std::string made(secret_bytes, '\0');
    if (EVP_Digest(secret_.data(), secret_.size(), bytes_in(made), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL cannot compute SHA-256");
    return to_base64url(made);
}

refresh_token refresh_token::successor(std::string_view salt) const {
    std::string next(secret_bytes, '\0');
    if (HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()), bytes_in(salt), salt.size(),
             bytes_in(next), nullptr) == nullptr)
        throw std::runtime_error("OpenSSL cannot compute HMAC-SHA-256");
    return {session_, std::move(next)};
}

std::string fresh_salt() { return to_base64url(random_bytes(secret_bytes)); }

}  // namespace dibs::coupon
