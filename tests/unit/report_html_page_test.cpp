#include "report/html/markup.hpp"
#include "report/html/numbers.hpp"
#include "report/html/page.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace dibs::report::html {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* hostile = "</script><img src=x onerror=\"alert('1')\">&{{data}}";

document hostile_document() {
    document made;
    made.title = hostile;
    made.answer = {hostile};
    made.strategies = {hostile};
    section one{"hostile", hostile};
    one.paragraphs = {hostile};
    one.tables = {{hostile, {{"Strategy", hostile}, {hostile, hostile}}}};
    chart drawn{"tries", hostile, hostile, {{"strategy", hostile}, {"tries", "Tries"}}};
    drawn.rows.push_back({hostile, 1});
    one.charts.push_back(std::move(drawn));
    made.sections.push_back(std::move(one));
    return made;
}

std::string between(std::string_view text, std::string_view opening, std::string_view closing) {
    const auto from = text.find(opening) + opening.size();
    return std::string(text.substr(from, text.find(closing, from) - from));
}

std::string sha256_source(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 64> base64{};
    EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
    return "'sha256-" + std::string(reinterpret_cast<const char*>(base64.data())) + "'";
}

TEST(ReportPage, NoTextOfTheFiguresBecomesMarkup) {
    const auto made = page(hostile_document());
    EXPECT_THAT(made, Not(HasSubstr("<img")));
    EXPECT_THAT(made, HasSubstr("&lt;img src=x"));
}

TEST(ReportPage, FiguresComeOutOfTheScriptElementAsTheyWentIn) {
    const auto text = between(page(hostile_document()), "id=\"data\">", "</script>");
    const auto data = boost::json::parse(text);
    EXPECT_EQ(data.at("charts").at(0).at("rows").at(0).at(0), hostile);
    EXPECT_EQ(data.at("strategies").at(0), hostile);
}

TEST(ReportPage, PolicyAllowsItsOwnScriptsAndNothingElse) {
    const auto made = page(hostile_document());
    const auto policy = between(made, "Content-Security-Policy\" content=\"", "\"");
    EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    const auto style = between(made, "<style>", "</style>");
    EXPECT_THAT(policy, HasSubstr("style-src " + sha256_source(style)));
    std::string_view rest = made;
    for (int script = 0; script < 2; ++script) {
        rest.remove_prefix(rest.find("<script>"));
        EXPECT_THAT(policy, HasSubstr(sha256_source(between(rest, "<script>", "</script>"))));
        rest.remove_prefix(1);
    }
    EXPECT_EQ(rest.find("<script>"), std::string_view::npos);
}

TEST(ReportPage, NamesNoOtherFile) {
    const auto made = page(hostile_document());
    for (const auto* request : {"src=\"", "href=\"", "@import", "url(http", "sourceMappingURL"})
        EXPECT_THAT(made, Not(HasSubstr(request))) << request;
    EXPECT_THAT(made, HasSubstr("Redistribution and use in source and binary forms"));
    EXPECT_LT(made.size(), 1U << 20U);
}

TEST(ReportPage, MissingSectionSaysTheCommandInstead) {
    document made;
    section absent{"capacity", "Capacity"};
    absent.missing = "Not searched: `dibs bench --capacity` does.";
    made.sections = {absent};
    EXPECT_THAT(body_of(made),
                HasSubstr("<p class=\"missing\">Not searched: <code>dibs bench --capacity</code> does.</p>"));
    EXPECT_THAT(body_of(made), Not(HasSubstr("<figure")));
}

TEST(ReportPage, MarkdownKeepsTablesWhole) {
    const auto made = markdown(hostile_document());
    EXPECT_THAT(made, HasSubstr("| Strategy"));
    document piped;
    piped.sections = {{"a", "A", {}, {{"", {{"x"}, {"a|b"}}}}}};
    EXPECT_THAT(markdown(piped), HasSubstr("a\\|b"));
}

TEST(ReportNumbers, ThreeDigitsForPeople) {
    EXPECT_EQ(short_number(0), "0");
    EXPECT_EQ(short_number(0.012345), "0.0123");
    EXPECT_EQ(short_number(0.9996), "1.00");
    EXPECT_EQ(short_number(7.344), "7.34");
    EXPECT_EQ(short_number(99.96), "100");
    EXPECT_EQ(short_number(1234), "1,230");
    EXPECT_EQ(count_text(1234567), "1,234,567");
    EXPECT_EQ(count_text(-1234), "-1,234");
    EXPECT_EQ(milliseconds(999), "999 ms");
    EXPECT_EQ(milliseconds(3260), "3.26 s");
    EXPECT_EQ(list_text({"a", "b", "c"}), "a, b and c");
    EXPECT_EQ(counted(1, "round"), "1 round");
}

TEST(ReportNumbers, NothingIsRoundedUpToAll) {
    EXPECT_EQ(percent(0.999999), "99.99 %");
    EXPECT_EQ(percent(1), "100.00 %");
}

TEST(ReportNumbers, PlottedKeepsFourDigitsOrNothing) {
    EXPECT_EQ(plotted(std::nullopt), nullptr);
    EXPECT_EQ(plotted(12), 12);
    EXPECT_EQ(plotted(1234567), 1235000);
    EXPECT_DOUBLE_EQ(plotted(0.123456).as_double(), 0.1235);
    EXPECT_EQ(median({3, 1, 2, 10}), 2.5);
    EXPECT_EQ(median({}), std::nullopt);
}

}  // namespace
}  // namespace dibs::report::html
