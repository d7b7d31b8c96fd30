// Access tokens: whatever is sent, only what was signed with the key passes, and only in its time. The first
// byte says how the rest is meant: as a token, as changes to a good one, or as claims that the key has
// signed.
#include "coupon/accounts/tokens.hpp"

#include "coupon/accounts/base64.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <dibs/error.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <string>

namespace dibs::fuzz {
namespace {

using namespace std::chrono_literals;
using coupon::tokens;

constexpr tokens::clock::time_point now(1'800'000'000s);
const std::string secret(32, 'k');

const tokens& signer() {
    static const tokens made{coupon::token_key(secret)};
    return made;
}

const std::string& good_token() {
    static const std::string made = signer().issue(coupon::user_id{42}, now);
    return made;
}

/// Without the code under test.
std::string signature_of(std::string_view content) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(content.data()), content.size(), mac.data(), &size);
    return coupon::to_base64url({reinterpret_cast<const char*>(mac.data()), size});
}

bool is_signed(std::string_view token) {
    const auto dot = token.rfind('.');
    return dot != std::string_view::npos && signature_of(token.substr(0, dot)) == token.substr(dot + 1);
}

void check(const std::string& token) {
    const auto who = signer().verify(token, now);
    if (who) require(is_signed(token), "a token passes that the key has not signed");
    static const tokens stranger{coupon::token_key(std::string(32, 's'))};
    require(!stranger.verify(token, now), "a token passes that another key has signed");
    if (token == good_token()) {
        require(who && who->id == coupon::user_id{42}, "a good token is refused");
        require(!signer().verify(token, now + signer().life() + tokens::skew), "a token outlives its time");
        require(!signer().verify(token, now - tokens::skew - 1s), "a token passes before its time");
    } else if (who) {
        require(coupon::number(who->id) > 0, "a token of nobody");
    }
}

/// Pairs of a place and what is put there; 0 ends the token.
std::string changed(std::string token, std::string_view edits) {
    for (; edits.size() >= 2; edits.remove_prefix(2)) {
        const auto place = static_cast<unsigned char>(edits[0]) % token.size();
        if (edits[1] == '\0')
            token.resize(place + 1);
        else
            token[place] = edits[1];
    }
    return token;
}

std::string signed_claims(std::string_view claims) {
    const auto& good = good_token();
    const auto content = good.substr(0, good.find('.') + 1) + coupon::to_base64url(claims);
    return content + '.' + signature_of(content);
}

/// What an operator gives as keys.
void read_keys(std::string_view text) {
    try {
        const auto keys = coupon::token_keys::read(text).all();
        require(!keys.empty() && keys.size() <= coupon::token_keys::most, "no keys, or too many");
        for (const auto& key : keys) require(key.bytes().size() >= 32, "a key that is too short");
    } catch (const error& refused) {
        require(refused.kind() == fault::bad_input, "refused for another reason than bad input");
    }
}

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    if (size == 0) return 0;
    const auto rest = text_of(data, size).substr(1);
    switch (data[0] % 4) {
        case 0: check(std::string(rest)); break;
        case 1: check(changed(good_token(), rest)); break;
        case 2: check(signed_claims(rest)); break;
        default: read_keys(rest);
    }
    return 0;
}
