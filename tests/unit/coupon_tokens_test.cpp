#include "coupon/accounts/base64.hpp"
#include "coupon/accounts/tokens.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;

const std::string secret(32, 'k');
const tokens::clock::time_point now = tokens::clock::time_point(1'800'000'000s);

std::string hmac(const std::string& key, const std::string& text, const EVP_MD* digest) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
    unsigned size = 0;
    HMAC(digest, key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(), &size);
    return {reinterpret_cast<const char*>(made.data()), size};
}

/// A token with something about it out of order, made without the code that is tested.
struct forgery {
    std::string header = R"({"alg":"HS256","typ":"at+jwt"})";
    std::string claims =
        R"({"iss":"dibs","aud":"dibs-coupons","sub":"42","role":"user","nbf":1800000000,"exp":1800003600})";
    std::string key = secret;
    const EVP_MD* digest = EVP_sha256();

    std::string text() const {
        const std::string content = to_base64url(header) + '.' + to_base64url(claims);
        return content + '.' + to_base64url(hmac(key, content, digest));
    }
};

bool accepted(const std::string& token) { return tokens(token_key(secret)).verify(token, now).has_value(); }
bool accepts(const forgery& token) { return accepted(token.text()); }

forgery with_header(const std::string& header) { return {.header = header}; }

forgery with_claim(const std::string& was, const std::string& is) {
    forgery made;
    const auto at = made.claims.find(was);
    EXPECT_NE(at, std::string::npos) << was;
    made.claims.replace(at, was.size(), is);
    return made;
}

TEST(coupon_tokens, a_token_names_its_user_and_role) {
    const tokens signer{token_key(secret)};
    const auto user = signer.verify(signer.issue(user_id{42}, now), now);
    ASSERT_TRUE(user);
    EXPECT_EQ(user->id, user_id{42});
    EXPECT_EQ(user->may, role::user);
    const std::string token = signer.issue({user_id{43}, role::admin}, now);
    const auto admin = tokens(token_key(secret)).verify(token, now);
    ASSERT_TRUE(admin) << "another process, same key";
    EXPECT_EQ(admin->id, user_id{43});
    EXPECT_EQ(admin->may, role::admin);
    EXPECT_TRUE(token.starts_with("eyJhbGciOi")) << "what published scripts make keys of";
}

TEST(coupon_tokens, a_token_has_its_time) {
    const tokens signer{token_key(secret), 10min};
    const std::string token = signer.issue(user_id{42}, now);
    EXPECT_TRUE(signer.verify(token, now - 60s));
    EXPECT_FALSE(signer.verify(token, now - 61s)) << "not yet";
    EXPECT_TRUE(signer.verify(token, now + 10min + 59s));
    EXPECT_FALSE(signer.verify(token, now + 10min + 60s)) << "expired";
}

TEST(coupon_tokens, another_algorithm_type_or_header_is_refused) {
    EXPECT_TRUE(accepts(forgery())) << "else the rest proves nothing";
    EXPECT_FALSE(accepts({.key = std::string(32, 'x')})) << "another key";
    EXPECT_FALSE(accepts({.digest = EVP_sha512()}));
    EXPECT_FALSE(accepts({.header = R"({"alg":"HS512","typ":"at+jwt"})", .digest = EVP_sha512()}));
    for (const std::string header :
         {R"({"alg":"none","typ":"at+jwt"})", R"({"alg":"None","typ":"at+jwt"})", R"({"typ":"at+jwt"})",
          R"({"alg":"RS256","typ":"at+jwt"})", R"({"alg":"HS512","typ":"at+jwt"})",
          R"({"alg":"ES256","typ":"at+jwt"})", R"({"alg":"HS256","typ":"JWT"})", R"({"alg":"HS256"})",
          R"({"alg":"HS256","typ":"refresh+jwt"})", R"({"alg":"HS256","kid":"other","typ":"at+jwt"})",
          R"({"alg":"HS256","kid":"../../dev/null","typ":"at+jwt"})",
          R"({"alg":"HS256","typ":"at+jwt","jwk":{"kty":"oct","k":"a2tr"}})",
          R"({"alg":"HS256","typ":"at+jwt","crit":["x"]})", R"({"alg":"none","alg":"HS256","typ":"at+jwt"})",
          R"({"alg":"HS256","typ":"at+jwt"} )", "{}", "", "x"})
        EXPECT_FALSE(accepts(with_header(header))) << header;
    forgery stripped = with_header(R"({"alg":"none","typ":"at+jwt"})");
    const std::string text = stripped.text();
    EXPECT_FALSE(accepted(text.substr(0, text.rfind('.') + 1))) << "without a signature";
}

TEST(coupon_tokens, claims_that_are_not_for_us_are_refused_however_well_signed) {
    const auto refuse = [](const std::string& was, const std::string& is) {
        EXPECT_FALSE(accepts(with_claim(was, is))) << is;
    };
    refuse(R"("iss":"dibs",)", "");
    refuse(R"("iss":"dibs")", R"("iss":"else")");
    refuse(R"("iss":"dibs")", R"("iss":["dibs"])");
    refuse(R"("aud":"dibs-coupons",)", "");
    refuse(R"("aud":"dibs-coupons")", R"("aud":"else")");
    refuse(R"("aud":"dibs-coupons")", R"("aud":null)");
    refuse(R"("role":"user",)", "");
    refuse(R"("role":"user")", R"("role":"root")");
    for (const std::string nobody :
         {R"("")", R"("0")", R"("-1")", R"("42x")", R"("99999999999999999999")", "42", "null"})
        refuse(R"("sub":"42")", R"("sub":)" + nobody);
    refuse(R"("sub":"42",)", "");
    refuse(R"("nbf":1800000000,)", "");
    refuse("1800000000", "1800000061");
    refuse("1800000000", R"("1800000000")");
    refuse(R"(,"exp":1800003600)", "");
    refuse("1800003600", "1799999940");
    refuse("1800003600", "1e300");
    refuse("1800003600", "18000036000000000000000");
    refuse("1800003600", "1800003600.5");
    EXPECT_TRUE(accepts(with_claim("1800000000", "1800000060"))) << "within the skew";
    EXPECT_TRUE(accepts(with_claim("1800003600", "1799999941"))) << "within the skew";
    forgery odd;
    for (const std::string claims : {"", "[]", "null", "{", R"({"iss":"dibs"} {})"}) {
        odd.claims = claims;
        EXPECT_FALSE(accepts(odd)) << claims;
    }
}

TEST(coupon_tokens, a_token_that_is_refused_has_its_reason) {
    const tokens signer{token_key(secret)};
    const auto why = [&](const forgery& token) { return signer.check(token.text(), now).why; };
    EXPECT_EQ(signer.check("x", now).why, token_fault::malformed);
    EXPECT_EQ(signer.check(std::string(2000, '.'), now).why, token_fault::malformed);
    EXPECT_EQ(why(with_header(R"({"alg":"none","typ":"at+jwt"})")), token_fault::header);
    EXPECT_EQ(why({.key = std::string(32, 'x')}), token_fault::signature);
    EXPECT_EQ(why({.claims = "[]"}), token_fault::malformed);
    EXPECT_EQ(why(with_claim(R"("iss":"dibs")", R"("iss":"else")")), token_fault::issuer);
    EXPECT_EQ(why(with_claim(R"("aud":"dibs-coupons")", R"("aud":"else")")), token_fault::audience);
    EXPECT_EQ(why(with_claim("1800000000", "1800000061")), token_fault::early);
    EXPECT_EQ(why(with_claim("1800003600", "1799999940")), token_fault::expired);
    EXPECT_EQ(why(with_claim(R"("role":"user")", R"("role":"root")")), token_fault::subject);
    EXPECT_TRUE(signer.check(forgery().text(), now).who);
}

TEST(coupon_tokens, what_is_no_token_is_refused) {
    const tokens signer{token_key(secret)};
    const std::string good = signer.issue(user_id{42}, now);
    const auto first = good.find('.');
    const auto last = good.rfind('.');
    ASSERT_TRUE(accepted(good));
    for (const std::string& bad : {std::string(),
                                   std::string("x"),
                                   std::string("."),
                                   std::string(".."),
                                   std::string("..."),
                                   std::string("Bearer"),
                                   std::string(100'000, 'a'),
                                   std::string(400, '.'),
                                   good + "x",
                                   good + "=",
                                   good + ".",
                                   good + " ",
                                   " " + good,
                                   good + '\0',
                                   good + '\n',
                                   good.substr(0, good.size() - 1),
                                   good.substr(0, last),
                                   good.substr(0, last + 1),
                                   good.substr(first),
                                   good.substr(first + 1),
                                   good + '.' + good.substr(last + 1),
                                   good + good.substr(last),
                                   good.substr(0, first) + '.' + good,
                                   good.substr(0, first) + "=" + good.substr(first),
                                   good.substr(0, last) + "==" + good.substr(last),
                                   good.substr(0, first) + '.' + good.substr(last + 1)})
        EXPECT_FALSE(signer.verify(bad, now)) << bad.substr(0, 400);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string altered = good;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(signer.verify(altered, now)) << "changed at " << i;
    }
}

token_keys keys(const std::string& text) { return token_keys::read(text); }
std::string key_line(const std::string& id, char filler) {
    return id + ':' + to_base64url(std::string(32, filler)) + "\n";
}

TEST(coupon_tokens, a_key_that_is_replaced_is_good_until_it_is_removed) {
    tokens signer{keys(key_line("old", 'a'))};
    const std::string of_old = signer.issue(user_id{1}, now);
    signer.replace(keys(key_line("new", 'b') + key_line("old", 'a')));
    const std::string of_new = signer.issue(user_id{1}, now);
    EXPECT_TRUE(signer.verify(of_old, now));
    EXPECT_TRUE(signer.verify(of_new, now));
    EXPECT_TRUE(tokens{keys(key_line("old", 'a') + key_line("new", 'b'))}.verify(of_new, now))
        << "a process that has the new key for checking alone";
    signer.replace(keys(key_line("new", 'b')));
    EXPECT_FALSE(signer.verify(of_old, now));
    EXPECT_TRUE(signer.verify(of_new, now));
    signer.replace(keys(key_line("old", 'b')));
    EXPECT_FALSE(signer.verify(of_new, now)) << "the same secret under another name";
}

TEST(coupon_tokens, a_secret_without_a_name_can_be_rotated_too) {
    tokens signer{keys(secret + "\n")};
    const std::string of_old = signer.issue(user_id{1}, now);
    signer.replace(keys(key_line("new", 'b') + "old:" + to_base64url(secret)));
    EXPECT_TRUE(signer.verify(of_old, now));
}

std::string key_complaint(const std::string& text) {
    try {
        token_keys::read(text);
    } catch (const error& wrong) {
        return wrong.what();
    }
    return "";
}

TEST(coupon_token_keys, one_secret_or_two_named_keys) {
    EXPECT_EQ(keys(secret + "\r\n\n").all().front().bytes(), secret);
    EXPECT_EQ(keys(secret + ":x").all().front().bytes(), secret + ":x") << "no name is so long";
    const std::string binary = std::string(16, '\x80') + "\n" + std::string(16, '\x81');
    EXPECT_EQ(keys(binary).all().front().bytes(), binary);
    const auto two = keys("k2:" + to_base64url(std::string(32, 'b')) + ",k1:" + to_base64url(secret));
    ASSERT_EQ(two.all().size(), 2U);
    EXPECT_EQ(two.all()[0].id(), "k2");
    EXPECT_EQ(two.all()[1].bytes(), secret);
}

TEST(coupon_token_keys, what_cannot_be_keys_is_refused) {
    using testing::HasSubstr;
    EXPECT_THAT(key_complaint(""), HasSubstr("0 bytes and needs 32"));
    EXPECT_THAT(key_complaint(std::string(31, 'k')), HasSubstr("31 bytes and needs 32"));
    EXPECT_THAT(key_complaint("k1:" + to_base64url(std::string(31, 'k'))),
                HasSubstr("k1 has 31 bytes and needs 32"));
    EXPECT_THAT(key_complaint(key_line("k1", 'a') + "k2:not base64!"), HasSubstr("line 2 is not ID:BASE64"));
    const auto as_in_yaml = "k1: " + to_base64url(secret) + "\nk2: " + to_base64url(secret);
    EXPECT_THAT(key_complaint(as_in_yaml), HasSubstr("line 1 is not ID:BASE64")) << "one nameless secret";
    EXPECT_THAT(key_complaint(key_line("k1", 'a') + key_line("k1", 'b')),
                HasSubstr("both keys are called k1"));
    EXPECT_THAT(key_complaint(key_line("1", 'a') + key_line("2", 'b') + key_line("3", 'c')),
                HasSubstr("3 lines"));
    EXPECT_NE(token_key::random().bytes(), token_key::random().bytes());
    for (const std::string& said :
         {key_complaint("k1:" + to_base64url(std::string(31, 'k'))), key_complaint(std::string(31, 'k'))})
        EXPECT_THAT(said, testing::Not(HasSubstr("kkkk"))) << "a secret is not shown";
}

TEST(coupon_base64, reads_both_alphabets_padded_or_not) {
    EXPECT_EQ(to_base64url(std::string("\xfb\xff\xfe", 3)), "-__-");
    EXPECT_EQ(from_base64("-__-"), std::string("\xfb\xff\xfe", 3));
    EXPECT_EQ(from_base64("+//+"), std::string("\xfb\xff\xfe", 3));
    for (const std::string word : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
        EXPECT_EQ(from_base64(to_base64url(word)), word);
    EXPECT_EQ(from_base64("Zm9vYg=="), "foob");
    EXPECT_EQ(from_base64("Zm9vYmE="), "fooba");
    for (const std::string bad : {"Z", "Zm9vY", "Zm9v=", "====", "Zm 9v", "Zm9\n", "Z===", "Zm=v"})
        EXPECT_FALSE(from_base64(bad)) << bad;
}

}  // namespace
}  // namespace dibs::coupon
