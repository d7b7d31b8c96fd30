#include "coupon/accounts/tokens.hpp"

#include "coupon/accounts/base64.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace dibs::coupon {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_token = 1024;
constexpr std::string_view issuer = "dibs";
constexpr std::string_view audience = "dibs-coupons";

struct mac_deleter {
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

void require(int succeeded) {
    if (succeeded != 1) throw std::runtime_error("OpenSSL cannot compute HMAC-SHA-256");
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::int64_t seconds(tokens::clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string encoded_header(const std::string& key_id) {
    json::object header{{"alg", "HS256"}};
    if (!key_id.empty()) header["kid"] = key_id;
    header["typ"] = "at+jwt";
    return to_base64url(json::serialize(header));
}

std::optional<std::string_view> text_claim(const json::object& claims, std::string_view name) {
    const json::value* found = claims.if_contains(name);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return std::string_view(found->get_string());
}

std::optional<std::int64_t> time_claim(const json::object& claims, std::string_view name) {
    const json::value* found = claims.if_contains(name);
    if (found == nullptr || !found->is_int64()) return std::nullopt;
    return found->get_int64();
}

std::optional<token_fault> wrong_time(const json::object& claims, tokens::clock::time_point now) {
    const auto not_before = time_claim(claims, "nbf");
    const auto expires = time_claim(claims, "exp");
    if (!not_before || seconds(now + tokens::skew) < *not_before) return token_fault::early;
    if (!expires || seconds(now - tokens::skew) >= *expires) return token_fault::expired;
    return std::nullopt;
}

std::optional<user_id> subject_of(const json::object& claims) {
    const auto text = text_claim(claims, "sub");
    if (!text) return std::nullopt;
    std::int64_t id = 0;
    const auto [end, wrong] = std::from_chars(text->data(), text->data() + text->size(), id);
    if (wrong != std::errc() || end != text->data() + text->size() || id <= 0) return std::nullopt;
    return user_id{id};
}

token_check check_claims(const json::object& claims, tokens::clock::time_point now) {
    if (text_claim(claims, "iss") != issuer) return token_fault::issuer;
    if (text_claim(claims, "aud") != audience) return token_fault::audience;
    if (const auto wrong = wrong_time(claims, now)) return *wrong;
    const auto id = subject_of(claims);
    const auto may = role_from(text_claim(claims, "role").value_or(""));
    if (!id || !may) return token_fault::subject;
    return identity{*id, *may};
}

}  // namespace

/// A key with a context of OpenSSL's that has digested it: beginning a MAC anew costs a fifth of setting it
/// up.
class tokens::signing_key {
   public:
    explicit signing_key(const token_key& key)
        : header_(encoded_header(key.id())), without_id_(encoded_header("")) {
        const std::unique_ptr<EVP_MAC, mac_deleter> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
        context_.reset(EVP_MAC_CTX_new(mac.get()));
        std::string digest = "SHA256";
        const std::array<OSSL_PARAM, 2> chosen{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
            OSSL_PARAM_construct_end()};
        require(EVP_MAC_init(context_.get(), bytes_of(key.bytes()), key.bytes().size(), chosen.data()));
    }

    const std::string& header() const { return header_; }
    /// Whether a token with this header may be signed with this key. One without an id may be of any: it is
    /// from before the keys had names.
    bool fits(std::string_view header) const { return header == header_ || header == without_id_; }

    std::string signature(std::string_view content) const {
        std::array<char, 32> mac{};
        std::size_t size = 0;
        require(EVP_MAC_init(context_.get(), nullptr, 0, nullptr));
        require(EVP_MAC_update(context_.get(), bytes_of(content), content.size()));
        require(
            EVP_MAC_final(context_.get(), reinterpret_cast<unsigned char*>(mac.data()), &size, mac.size()));
        return to_base64url({mac.data(), size});
    }

   private:
    std::string header_;
    std::string without_id_;
    std::unique_ptr<EVP_MAC_CTX, mac_deleter> context_;
};

tokens::tokens(const token_keys& keys, std::chrono::seconds life) : life_(life) { replace(keys); }
tokens::tokens(tokens&&) noexcept = default;
tokens::~tokens() = default;

void tokens::replace(const token_keys& keys) {
    std::vector<signing_key> made;
    for (const auto& key : keys.all()) made.emplace_back(key);
    keys_ = std::move(made);
}

std::string tokens::issue(identity whom, clock::time_point now) const {
    const json::object claims{{"iss", issuer},
                              {"aud", audience},
                              {"sub", std::to_string(number(whom.id))},
                              {"role", to_string(whom.may)},
                              {"iat", seconds(now)},
                              {"nbf", seconds(now)},
                              {"exp", seconds(now + life_)}};
    const auto& key = keys_.front();
    const std::string content = key.header() + '.' + to_base64url(json::serialize(claims));
    return content + '.' + key.signature(content);
}

std::optional<token_fault> tokens::fault_of(std::string_view header, std::string_view content,
                                            std::string_view signature) const {
    auto fault = token_fault::header;
    for (const signing_key& key : keys_) {
        if (!key.fits(header)) continue;
        fault = token_fault::signature;
        const std::string expected = key.signature(content);
        // Compared as text: a signature has no second way of being written.
        if (signature.size() == expected.size() &&
            CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) == 0)
            return std::nullopt;
    }
    return fault;
}

token_check tokens::check(std::string_view token, clock::time_point now) const {
    if (token.size() > longest_token) return token_fault::malformed;
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (first == last) return token_fault::malformed;  // also where there is none
    if (const auto forged = fault_of(token.substr(0, first), token.substr(0, last), token.substr(last + 1)))
        return *forged;
    const auto text = from_base64(token.substr(first + 1, last - first - 1));
    if (!text) return token_fault::malformed;
    std::array<unsigned char, 2048> memory{};
    json::monotonic_resource store(memory.data(), memory.size());
    boost::system::error_code wrong;
    const json::value claims = json::parse(*text, wrong, &store);
    if (wrong || !claims.is_object()) return token_fault::malformed;
    return check_claims(claims.get_object(), now);
}

}  // namespace dibs::coupon
