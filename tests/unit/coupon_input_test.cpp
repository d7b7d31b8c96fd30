#include "coupon/accounts/account_input.hpp"
#include "coupon/input.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string_view>

namespace dibs::coupon {
namespace {

using ::testing::HasSubstr;

std::string sign_up(const std::string& member, const std::string& value) {
    std::string text = "{";
    for (const std::string name : {"email", "name", "idempotencyKey"})
        if (name != member) text += fmt::format(R"("{}":"a@b.example",)", name);
    return text + fmt::format(R"("{}":{}}})", member, value);
}

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

template <class Read>
std::string complaint(Read read, const std::string& text) {
    try {
        read(text);
    } catch (const invalid_input& wrong) {
        return wrong.what();
    }
    return "";
}

std::string claim_complaint(const std::string& body,
                            std::optional<std::string_view> key_field = std::nullopt) {
    return complaint([&](const std::string& text) { read_claim(text, key_field); }, body);
}

std::string sign_up_complaint(const std::string& member, const std::string& value) {
    return complaint(read_sign_up, sign_up(member, value));
}

TEST(coupon_input, reads_a_sign_up_with_and_without_a_password) {
    const auto guest =
        read_sign_up(R"({"email":"Ann@B.Example","name":"Ann","idempotencyKey":"k","extra":[1]})");
    EXPECT_EQ(guest.email, "ann@b.example");
    EXPECT_EQ(guest.name, "Ann");
    EXPECT_EQ(guest.key, "k");
    EXPECT_FALSE(guest.password);
    EXPECT_EQ(read_sign_up(sign_up("password", in_quotes("x"))).password, "x");
}

TEST(coupon_input, says_what_is_wrong_with_a_body) {
    EXPECT_THAT(claim_complaint(""), HasSubstr("not JSON"));
    EXPECT_THAT(claim_complaint("{"), HasSubstr("not JSON"));
    EXPECT_THAT(claim_complaint("[]"), HasSubstr("JSON object"));
    EXPECT_THAT(claim_complaint(std::string(2000, '[')), HasSubstr("not JSON"));
    EXPECT_THAT(claim_complaint(R"({"couponCode":"\ud800","idempotencyKey":"k"})"), HasSubstr("not JSON"));
    EXPECT_THAT(claim_complaint("{\"couponCode\":\"\xff\",\"idempotencyKey\":\"k\"}"), HasSubstr("not JSON"));
    EXPECT_THAT(claim_complaint(R"({"idempotencyKey":"k"})"), HasSubstr("`couponCode` is missing"));
    EXPECT_THAT(claim_complaint(R"({"couponCode":7,"idempotencyKey":"k"})"),
                HasSubstr("`couponCode` must be a string"));
    EXPECT_THAT(claim_complaint(R"({"couponCode":"C","idempotencyKey":null})"),
                HasSubstr("`idempotencyKey` must be a string"));
}

TEST(coupon_input, takes_the_key_from_the_body_or_the_field) {
    const std::string with_key = R"({"couponCode":"C","idempotencyKey":"k-1"})";
    const std::string without = R"({"couponCode":"C"})";
    EXPECT_EQ(read_claim(with_key).key, "k-1");
    EXPECT_EQ(read_claim(without, "k-2").key, "k-2");
    EXPECT_EQ(read_claim(without, R"("k-2")").key, "k-2") << "a string of structured fields";
    EXPECT_EQ(read_claim(with_key, R"("k-1")").key, "k-1");
    EXPECT_THAT(claim_complaint(with_key, "k-2"), HasSubstr("not the same"));
    EXPECT_THAT(claim_complaint(without), HasSubstr("`idempotencyKey` is missing"));
    EXPECT_THAT(claim_complaint(without, "two words"), HasSubstr("visible ASCII"));
    EXPECT_THAT(claim_complaint(without, "\xc3\xa9"), HasSubstr("visible ASCII"));
    EXPECT_THAT(claim_complaint(without, R"("")"), HasSubstr("1 to 255"));
    EXPECT_THAT(claim_complaint(without, std::string(256, 'k')), HasSubstr("1 to 255"));
}

TEST(coupon_input, knows_a_body_by_all_it_says_but_the_key) {
    const auto print = [](const std::string& body) { return read_claim(body, "k").fingerprint; };
    const auto plain = print(R"({"couponCode":"C"})");
    EXPECT_EQ(print(R"({ "idempotencyKey": "k", "couponCode": "\u0043" })"), plain);
    EXPECT_NE(print(R"({"couponCode":"D"})"), plain);
    EXPECT_NE(print(R"({"couponCode":"C","gift":true})"), plain);
    EXPECT_EQ(print(R"({"a":1,"couponCode":"C"})"), print(R"({"couponCode":"C","a":1})"));
}

TEST(coupon_input, bounds_every_text) {
    EXPECT_EQ(sign_up_complaint("name", in_quotes(std::string(200, 'n'))), "");
    EXPECT_THAT(sign_up_complaint("name", in_quotes(std::string(201, 'n'))), HasSubstr("`name`"));
    std::string hangul;
    for (int i = 0; i < 200; ++i) hangul += "김";
    EXPECT_EQ(sign_up_complaint("name", in_quotes(hangul)), "");
    EXPECT_THAT(sign_up_complaint("name", in_quotes("")), HasSubstr("1 to 200 characters"));
    EXPECT_EQ(sign_up_complaint("password", in_quotes(std::string(1024, 'p'))), "");
    EXPECT_THAT(sign_up_complaint("password", in_quotes(std::string(1025, 'p'))),
                HasSubstr("1 to 1024 bytes"));
    EXPECT_THAT(sign_up_complaint("password", in_quotes("")), HasSubstr("`password`"));
    EXPECT_THAT(sign_up_complaint("password", "null"), HasSubstr("`password` must be a string"));
    EXPECT_EQ(sign_up_complaint("idempotencyKey", in_quotes(std::string(255, 'k'))), "");
    EXPECT_THAT(sign_up_complaint("idempotencyKey", in_quotes(std::string(256, 'k'))), HasSubstr("255"));
    EXPECT_THAT(sign_up_complaint("name", in_quotes("a\\u0000b")), HasSubstr("NUL"));
}

TEST(coupon_input, wants_an_address_that_could_be_one) {
    for (const std::string good : {"a@b", "k6_1_2+x@example.com", "김@예.한국"})
        EXPECT_EQ(sign_up_complaint("email", in_quotes(good)), "") << good;
    for (const std::string bad :
         {"a", "@b", "a@", "a@b@c", "a b@c", "a@.b", "a@b.", "a@b..c", "a@b\\n", "a\\u007f@b"})
        EXPECT_THAT(sign_up_complaint("email", in_quotes(bad)), HasSubstr("e-mail")) << bad;
    EXPECT_THAT(sign_up_complaint("email", in_quotes("a@" + std::string(253, 'b'))), HasSubstr("254"));
    EXPECT_EQ(sign_up_complaint("email", in_quotes("a@" + std::string(252, 'b'))), "");
    EXPECT_THAT(sign_up_complaint("email", in_quotes(std::string(65, 'a') + "@b")), HasSubstr("e-mail"));
}

TEST(coupon_input, a_coupon_id_makes_a_lock_name) {
    EXPECT_TRUE(is_coupon_id("test-coupon-1"));
    EXPECT_TRUE(is_coupon_id(std::string(121, 'x')));
    EXPECT_FALSE(is_coupon_id(std::string(122, 'x')));
    EXPECT_FALSE(is_coupon_id(""));
    EXPECT_FALSE(is_coupon_id("a b"));
    EXPECT_FALSE(is_coupon_id("a{b}"));
}

TEST(coupon_input, reads_a_coupon_as_an_operator_writes_it) {
    const auto spec = read_coupon_spec("test-coupon-1:K6LOADTEST:1000000");
    EXPECT_EQ(spec.id, "test-coupon-1");
    EXPECT_EQ(spec.code, "K6LOADTEST");
    EXPECT_EQ(spec.stock, 1'000'000);
    EXPECT_EQ(read_coupon_spec("a:b:c:0").code, "b:c");
    for (const std::string bad : {"", "a", "a:b", "a:b:", "a:b:x", "a:b:-1", "a:b:1x", ":b:1", "a::1",
                                  "a b:c:1", "a:b:99999999999999999999"})
        EXPECT_THROW(read_coupon_spec(bad), invalid_input) << bad;
}

}  // namespace
}  // namespace dibs::coupon
