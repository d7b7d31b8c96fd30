#include "coupon/admin/admin_input.hpp"
#include "coupon/input.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dibs::coupon {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string draft_with(const std::string& member, const std::string& value) {
    std::string text = fmt::format(R"({{"{}":{})", member, value);
    for (const auto& [name, usual] :
         {std::pair("id", R"("drop")"), std::pair("code", R"("CODE")"), std::pair("stock", "5")})
        if (name != member) text += fmt::format(R"(,"{}":{})", name, usual);
    return text + "}";
}

std::string draft_complaint(const std::string& body) {
    try {
        read_coupon_draft(body);
    } catch (const invalid_input& wrong) {
        return wrong.what();
    }
    return "";
}

std::string draft_complaint(const std::string& member, const std::string& value) {
    return draft_complaint(draft_with(member, value));
}

TEST(coupon_admin_input, reads_a_draft_with_and_without_what_may_be_left_out) {
    const auto plain = read_coupon_draft(R"({"id":"drop","code":"CODE","stock":5})");
    EXPECT_EQ(plain.id, "drop");
    EXPECT_EQ(plain.code, "CODE");
    EXPECT_EQ(plain.stock, 5);
    EXPECT_EQ(plain.per_user, 1);
    EXPECT_FALSE(plain.opens_at || plain.closes_at || plain.paused);
    const auto full = read_coupon_draft(
        R"({"id":"d","code":"C","stock":0,"perUser":3,"opensAt":"2025-01-31T12:00:00Z","closesAt":null,"paused":true})");
    EXPECT_EQ(full.per_user, 3);
    EXPECT_EQ(full.opens_at, "2025-01-31T12:00:00Z");
    EXPECT_FALSE(full.closes_at);
    EXPECT_TRUE(full.paused);
}

TEST(coupon_admin_input, names_the_member_that_is_wrong_and_what_is_expected) {
    EXPECT_THAT(draft_complaint(R"({"code":"C","stock":5})"), HasSubstr("`id` is missing"));
    EXPECT_THAT(draft_complaint("id", R"("a b")"), HasSubstr("`id` must be 1 to 121 of A-Z"));
    EXPECT_THAT(draft_complaint("id", R"("a\r\nb")"), HasSubstr("`id` must be 1 to 121 of A-Z"));
    EXPECT_THAT(draft_complaint("code", R"("")"), HasSubstr("`code` must have 1 to 255 bytes"));
    EXPECT_THAT(draft_complaint("code", R"("a\u0000b")"), HasSubstr("`code` must not contain a NUL"));
    for (const std::string stock : {"-1", "1.5", "1e30", R"("5")", "null", "true", "1000000000001"})
        EXPECT_THAT(draft_complaint("stock", stock),
                    HasSubstr("`stock` must be a whole number from 0 to 1000000000000"))
            << stock;
    EXPECT_THAT(draft_complaint("perUser", "0"),
                HasSubstr("`perUser` must be a whole number from 1 to 1000000"));
    EXPECT_THAT(draft_complaint("paused", "1"), HasSubstr("`paused` must be true or false"));
    EXPECT_THAT(draft_complaint("paussed", "true"),
                HasSubstr("`paussed` is not known here: id, code, stock"));
    EXPECT_THAT(draft_complaint("{"), HasSubstr("not JSON"));
}

TEST(coupon_admin_input, takes_times_in_utc_alone) {
    const auto refused = [](const std::string& time) {
        return !draft_complaint("opensAt", '"' + time + '"').empty();
    };
    for (const std::string good :
         {"2025-01-31T12:00:00Z", "2024-02-29T23:59:59.123456Z", "0001-01-01T00:00:00.1Z"})
        EXPECT_FALSE(refused(good)) << good;
    for (const std::string bad : {"",
                                  "2025-01-31",
                                  "2025-01-31T12:00:00",
                                  "2025-01-31T12:00Z",
                                  "2025-01-31 12:00:00Z",
                                  "2025-01-31T12:00:00+01:00",
                                  "2025-02-29T12:00:00Z",
                                  "2025-13-01T12:00:00Z",
                                  "2025-00-01T12:00:00Z",
                                  "2025-01-00T12:00:00Z",
                                  "2025-01-31T24:00:00Z",
                                  "2025-01-31T12:60:00Z",
                                  "2025-01-31T12:00:60Z",
                                  "0000-01-01T00:00:00Z",
                                  "2025-01-31T12:00:00.Z",
                                  "2025-01-31T12:00:00.1234567Z",
                                  "2025-01-31T12:00:00ZZ",
                                  "20a5-01-31T12:00:00Z",
                                  "2025-01-31T12:00:00z",
                                  "infinity",
                                  "now",
                                  "12025-01-31T12:00:00Z",
                                  "-025-01-31T12:00:00Z"})
        EXPECT_TRUE(refused(bad)) << bad;
    EXPECT_THAT(draft_complaint("closesAt", "7"),
                HasSubstr("`closesAt` must be a time in UTC, as 2025-01-31T12:00:00Z"));
}

TEST(coupon_admin_input, an_edit_changes_what_it_names) {
    const auto edit = read_coupon_edit(R"({"stock":7,"opensAt":null})");
    EXPECT_EQ(edit.stock, 7);
    ASSERT_TRUE(edit.opens_at);
    EXPECT_FALSE(edit.opens_at->at) << "removed";
    EXPECT_FALSE(edit.closes_at) << "left alone";
    EXPECT_FALSE(edit.code || edit.per_user || edit.paused);
    EXPECT_THROW(read_coupon_edit("{}"), invalid_input);
    EXPECT_THROW(read_coupon_edit(R"({"id":"other"})"), invalid_input);
    EXPECT_THROW(read_coupon_edit(R"({"issued":0})"), invalid_input);
}

TEST(coupon_admin_input, the_record_shows_all_but_the_code) {
    const auto edit = read_coupon_edit(R"({"code":"SECRET","stock":7,"opensAt":null,"paused":true})");
    EXPECT_EQ(for_the_record(edit), R"-({"code":"(not shown)","stock":7,"opensAt":null,"paused":true})-");
    EXPECT_THAT(for_the_record(read_coupon_draft(draft_with("code", R"("SECRET")"))),
                Not(HasSubstr("SECRET")));
}

TEST(coupon_admin_input, an_if_match_is_an_etag_of_ours_or_any) {
    EXPECT_FALSE(read_edition(std::nullopt));
    EXPECT_FALSE(read_edition("*"));
    EXPECT_EQ(read_edition(etag_of(3)), 3);
    EXPECT_EQ(etag_of(3), "\"3\"");
    for (const std::string bad : {"", "3", "\"\"", "\"x\"", "W/\"3\"", "\"3\", \"4\"", "\"03\"", "\"3", "\"",
                                  "\"99999999999999999999\""})
        EXPECT_THROW(read_edition(bad), invalid_input) << bad;
}

}  // namespace
}  // namespace dibs::coupon
