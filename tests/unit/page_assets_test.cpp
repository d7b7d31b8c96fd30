#include "page/assets.hpp"
#include "page/files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <regex>
#include <string>

namespace dibs::page {
namespace {

using testing::HasSubstr;
using testing::Not;

http::request asking(std::string_view etag = {}) {
    http::request made;
    if (!etag.empty()) made.fields.push_back({"If-None-Match", etag});
    return made;
}

std::string field(const http::response& from, const std::string& name) {
    for (const auto& [known, value] : from.headers)
        if (known == name) return value;
    return "";
}

std::string content_of(std::string_view name) {
    for (const auto& one : files)
        if (one.name == name) return std::string(one.content);
    throw std::out_of_range(std::string(name));
}

TEST(page_assets, are_small) {
    std::size_t bytes = 0;
    for (const auto& one : files) bytes += one.content.size();
    EXPECT_LT(bytes, 60'000U);
}

TEST(page_assets, are_named_by_their_contents_and_kept) {
    const assets all;
    const auto page = all.page("claim.html", asking());
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(field(page, "Cache-Control"), "no-cache");
    EXPECT_THAT(page.body, HasSubstr("/assets/" + all.version() + "/claim.js"));
    EXPECT_THAT(page.body, Not(HasSubstr("{{")));
    const auto script = all.file(all.version(), "claim.js", asking());
    EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(field(script, "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(script.body, content_of("claim.js"));
    EXPECT_EQ(field(all.file("another", "claim.js", asking()), "Cache-Control"), "no-cache");
    EXPECT_EQ(all.file(all.version(), "nothing.js", asking()).status, 404);
    EXPECT_EQ(all.file(all.version(), "claim.html", asking()).status, 404) << "it would be kept";
}

TEST(page_assets, are_not_sent_twice) {
    const assets all;
    const auto first = all.page("operator.html", asking());
    const std::string etag = field(first, "ETag");
    EXPECT_THAT(etag, testing::MatchesRegex("\"[0-9a-f]{16}\""));
    for (const auto& known : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
        const auto again = all.page("operator.html", asking(known));
        EXPECT_EQ(again.status, 304) << known;
        EXPECT_EQ(again.body, "");
        EXPECT_EQ(field(again, "ETag"), etag);
    }
    EXPECT_EQ(all.page("operator.html", asking("\"other\"")).status, 200);
    EXPECT_NE(field(all.page("claim.html", asking()), "ETag"), etag);
}

TEST(page_assets, leave_nothing_to_others) {
    const assets all;
    for (const auto& answer :
         {all.page("claim.html", asking()), all.file(all.version(), "style.css", asking())}) {
        const std::string policy = field(answer, "Content-Security-Policy");
        EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
        EXPECT_THAT(policy, HasSubstr("script-src 'self'"));
        EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
        EXPECT_THAT(policy, HasSubstr("form-action 'none'"));
        EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
        EXPECT_EQ(field(answer, "X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(field(answer, "Referrer-Policy"), "no-referrer");
    }
}

TEST(page_assets, have_nothing_inline_and_nothing_from_elsewhere) {
    for (const auto* name : {"claim.html", "operator.html"}) {
        const std::string page = content_of(name);
        EXPECT_THAT(page, Not(testing::ContainsRegex("<style| style=| on[a-z]+=|javascript:|https?://")))
            << name;
        const std::regex script("<script([^>]*)>([^<]*)</script>");
        for (std::sregex_iterator one(page.begin(), page.end(), script), end; one != end; ++one) {
            EXPECT_THAT((*one)[1].str(), HasSubstr("src=\"{{assets}}/")) << name;
            EXPECT_EQ((*one)[2].str(), "") << name;
        }
    }
    for (const auto* name : {"claim.js", "operator.js", "common.js", "service.js"})
        EXPECT_THAT(content_of(name),
                    Not(testing::ContainsRegex("innerHTML|outerHTML|insertAdjacent|document.write|eval")))
            << name;
}

// Contrast as WCAG 2.2 computes it.

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const std::string& color) {
    const auto channel = [&](std::size_t at) {
        return linear(std::stoi(color.substr(at, 2), nullptr, 16) / 255.0);
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

double contrast(const std::string& one, const std::string& other) {
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

using palette = std::map<std::string, std::string>;

palette colors_in(const std::string& css) {
    const std::regex property("--([a-z-]+): (#[0-9a-f]{6});");
    palette found;
    for (std::sregex_iterator one(css.begin(), css.end(), property), end; one != end; ++one)
        found[(*one)[1]] = (*one)[2];
    return found;
}

void expect_readable(const palette& colors, const std::string& scheme) {
    const auto at_least = [&](double ratio, const std::string& front, const std::string& back) {
        EXPECT_GE(contrast(colors.at(front), colors.at(back)), ratio)
            << scheme << ": " << front << " on " << back;
    };
    constexpr double text = 4.5;
    constexpr double control = 3;
    for (const std::string back : {"ground", "surface"}) {
        for (const std::string front : {"text", "muted", "accent"}) at_least(text, front, back);
        for (const std::string front : {"edge", "accent", "good", "bad"}) at_least(control, front, back);
    }
    at_least(text, "on-accent", "accent");
    for (const std::string kind : {"good", "bad", "warn"}) at_least(text, kind, kind + "-ground");
    at_least(control, "accent", "line");  // a bar in its groove
}

TEST(page_assets, have_colors_that_can_be_told_apart_in_both_schemes) {
    const std::string css = content_of("style.css");
    const auto dark_at = css.find("prefers-color-scheme: dark");
    ASSERT_NE(dark_at, std::string::npos);
    const auto light = colors_in(css.substr(0, dark_at));
    const auto dark = colors_in(css.substr(dark_at));
    EXPECT_EQ(light.size(), dark.size());
    EXPECT_EQ(light.size(), 14U);
    expect_readable(light, "light");
    expect_readable(dark, "dark");
    const std::regex color_elsewhere("#[0-9a-fA-F]{3,8};");
    const auto rules = css.substr(css.find("*, ::before"));
    EXPECT_FALSE(std::regex_search(rules, color_elsewhere)) << "a color that was not looked at here";
}

}  // namespace
}  // namespace dibs::page
